import type {
  FailureStatus,
  FanInStatus,
  PipelineStatus,
  ReplicationStatus,
  StatusFinding,
  StreamStatus,
} from "./pipelineStatus";

/** The lag that is a problem where nobody says another: as long as a busy pipeline may need to catch up. */
export const DEFAULT_MAXIMUM_LAG_SECONDS = 300;

/** What the pipeline's findings are read from, beside its tables. */
export type PipelineFacts = Pick<
  PipelineStatus,
  "replication" | "fanIn" | "stream" | "failures" | "heartbeat"
>;

/**
 * What is wrong with a pipeline beside its tables. Pure.
 *
 * @param maximumLagSeconds the most that is no problem
 * @param options `metricsRead`: false where CloudWatch could not be read, and so nothing follows from what it did not say
 */
export function pipelineFindings(
  facts: PipelineFacts,
  maximumLagSeconds: number,
  { metricsRead }: { metricsRead: boolean } = { metricsRead: true },
): StatusFinding[] {
  return [
    ...phaseFindings(facts.replication),
    ...latencyFindings(facts.replication, maximumLagSeconds),
    ...fanInFindings(facts.fanIn, maximumLagSeconds),
    ...streamFindings(facts.stream),
    ...failureFindings(facts.failures),
    ...heartbeatFindings(facts, maximumLagSeconds, metricsRead),
  ];
}

/** The findings, problems first; each kind in the order in which it was found. */
export function problemsFirst(findings: readonly StatusFinding[]): StatusFinding[] {
  return [
    ...findings.filter(({ severity }) => severity === "problem"),
    ...findings.filter(({ severity }) => severity === "notice"),
  ];
}

/** What all of it comes to. Pure. */
export function verdict(
  status: Pick<PipelineStatus, "findings" | "replication" | "tables">,
): PipelineStatus["verdict"] {
  if (status.findings.some(({ severity }) => severity === "problem")) {
    return "attention";
  }
  const moving =
    status.replication.phase !== "running" ||
    status.tables.some(
      ({ state, mapping }) => state === "loading" || (mapping !== undefined && mapping.state !== "Enabled"),
    );
  return moving ? "busy" : "healthy";
}

function phaseFindings({ phase, status, stopReason, errors }: ReplicationStatus): StatusFinding[] {
  const why = [stopReason, ...errors].filter((text) => text !== undefined);
  const because = why.length === 0 ? "" : `: ${why.join("; ")}`;
  switch (phase) {
    case "missing":
      return [
        problem("ReplicationMissing", "DMS has no such replication", "run `rowstream refresh`, then `up`"),
      ];
    case "new":
      return [problem("ReplicationNotStarted", "the replication was never started", "run `rowstream up`")];
    case "interrupted":
    case "loaded":
      return [
        problem(
          "ReplicationStopped",
          `the replication is stopped, and no changes are applied${because}`,
          "run `rowstream up`, which goes on with it, while the source still has its log",
        ),
      ];
    case "failed":
      return [
        problem(
          "ReplicationFailed",
          `the replication has failed (${status})${because}`,
          "mend the cause, then run `rowstream up --restart`",
        ),
      ];
    default:
      return [];
  }
}

function latencyFindings(replication: ReplicationStatus, maximum: number): StatusFinding[] {
  const { sourceLatencySeconds: source = 0, targetLatencySeconds: target = 0 } = replication;
  if (Math.max(source, target) <= maximum) {
    return [];
  }
  return [
    problem(
      "ReplicationLags",
      `DMS is ${duration(Math.max(source, target))} behind the source`,
      source > maximum
        ? "look for long transactions, a slow log reader and the load of the replication instance"
        : "look for throttled tables and the load of the replication instance: it applies change after change",
    ),
  ];
}

function fanInFindings(fanIn: FanInStatus, maximum: number): StatusFinding[] {
  const { iteratorAgeSeconds = 0, errors = 0, throttles = 0 } = fanIn;
  const notice = (code: "FanInFails" | "FanInThrottled", text: string): StatusFinding => ({
    code,
    severity: "notice",
    text,
  });
  return [
    ...(iteratorAgeSeconds > maximum
      ? [
          problem(
            "FanInLags",
            `the fan-in is ${duration(iteratorAgeSeconds)} behind with the table that is the furthest behind; a stream forgets after 24 hours`,
            "look at its log, its throttles and the change stream's",
          ),
        ]
      : []),
    ...(errors > 0
      ? [notice("FanInFails", `${errors} calls of the fan-in failed; their batches come again`)]
      : []),
    ...(throttles > 0
      ? [
          notice(
            "FanInThrottled",
            `${throttles} calls of the fan-in were throttled; their batches come again`,
          ),
        ]
      : []),
  ];
}

function streamFindings({ name, status, throttledRecords = 0 }: StreamStatus): StatusFinding[] {
  if (status === undefined) {
    return [
      problem(
        "StreamMissing",
        `the change stream "${name}" is gone`,
        "run `rowstream refresh`, then `rowstream up`",
      ),
    ];
  }
  return throttledRecords > 0
    ? [
        {
          code: "StreamThrottles",
          severity: "notice",
          text: `the change stream refused ${throttledRecords} records for want of throughput; they come again`,
        },
      ]
    : [];
}

function failureFindings({ batches, unprocessable, more }: FailureStatus): StatusFinding[] {
  if (batches + unprocessable === 0) {
    return [];
  }
  const atLeast = more ? "at least " : "";
  return [
    problem(
      "FailuresWaiting",
      `${atLeast}${batches} batches that were given up and ${unprocessable} records that could not become events are in the failure bucket`,
      "run `rowstream redrive --dry-run`",
    ),
  ];
}

/** Of a replication that does not run, that is what is told. */
function heartbeatFindings(
  { heartbeat, replication }: PipelineFacts,
  maximum: number,
  metricsRead: boolean,
): StatusFinding[] {
  if (heartbeat === undefined || replication.phase !== "running" || !metricsRead) {
    return [];
  }
  const { table, intervalMinutes, commitToEventMs } = heartbeat;
  if (commitToEventMs === undefined) {
    return [
      problem(
        "HeartbeatMissing",
        `no heartbeat of ${table} has come out, and one is written every ${intervalMinutes === 1 ? "minute" : `${intervalMinutes} minutes`}`,
        "in the first minutes, wait; then look at the state of its table here, and at the log of the heartbeat's function",
      ),
    ];
  }
  return commitToEventMs > maximum * 1000
    ? [
        problem(
          "HeartbeatLate",
          `a row takes ${duration(commitToEventMs / 1000)} from its commit to its event`,
          "look at the lags of DMS and of the fan-in: one of them is where it waits",
        ),
      ]
    : [];
}

function problem(code: StatusFinding["code"], text: string, remedy: string): StatusFinding {
  return { code, severity: "problem", text, remedy };
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${Math.round(seconds)} s` : `${minutes} min ${Math.round(seconds % 60)} s`;
}
