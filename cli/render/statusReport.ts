import type { PipelineStatus, StatusFinding, TableStatus } from "../../automation/status/pipelineStatus";
import { aligned } from "./aligned";

const VERDICTS: Record<PipelineStatus["verdict"], string> = {
  healthy: "healthy: changes flow",
  busy: "busy: a load or a start is under way, and nothing is wrong",
  attention: "needs attention",
};

const UNKNOWN = "-";

/** How a pipeline is, for people: the verdict, what it comes from, then the parts and the tables. */
export function statusReport(status: PipelineStatus): string {
  const problems = status.findings.filter(({ severity }) => severity === "problem");
  const notices = status.findings.filter(({ severity }) => severity === "notice");
  return [
    VERDICTS[status.verdict],
    ...section("PROBLEMS", problems.flatMap(findingLines)),
    "",
    ...aligned([
      ["replication", replicationText(status.replication)],
      ["lag", lagText(status)],
      ["fan-in", fanInText(status.fanIn)],
      ["change stream", streamText(status.stream)],
      ["failures waiting", failureText(status.failures)],
      ...(status.heartbeat ? [["heartbeat", heartbeatText(status.heartbeat)]] : []),
    ]),
    ...section(
      "TABLES",
      aligned([
        [
          "TABLE",
          "STATE",
          "LOADED",
          "INSERTS",
          "UPDATES",
          "DELETES",
          "LAST UPDATE",
          "LAST EVENT",
          "MAPPING",
          "FAILED",
        ],
        ...status.tables.map(tableCells),
      ]),
    ),
    ...section("NOTICES", notices.flatMap(findingLines)),
    "",
  ].join("\n");
}

function findingLines({ table, text, remedy }: StatusFinding): string[] {
  return [
    `  ${table === undefined ? "" : `${table}: `}${text}`,
    ...(remedy === undefined ? [] : [`    ${remedy}`]),
  ];
}

function replicationText({
  kind,
  phase,
  status,
  percent,
  stopReason,
}: PipelineStatus["replication"]): string {
  const details = [
    kind,
    ...(status !== undefined && status !== phase ? [`DMS says ${status}`] : []),
    ...(phase === "loading" && percent !== undefined ? [`${percent} % of the full load`] : []),
    ...(stopReason === undefined ? [] : [stopReason]),
  ];
  return `${phase} (${details.join(", ")})`;
}

function lagText({ replication, fanIn }: PipelineStatus): string {
  const lags = [
    ["source to DMS", replication.sourceLatencySeconds],
    ["source to DynamoDB", replication.targetLatencySeconds],
    ["DynamoDB to fan-in, at most", fanIn.iteratorAgeSeconds],
  ] as const;
  const known = lags.flatMap(([name, seconds]) =>
    seconds === undefined ? [] : [`${name} ${Number(seconds.toFixed(1))} s`],
  );
  return known.length === 0
    ? "not known: CloudWatch has no figure of the last five minutes"
    : known.join(", ");
}

function fanInText({ functionName, invocations, errors, throttles }: PipelineStatus["fanIn"]): string {
  return counted(functionName, [
    ["calls", invocations],
    ["errors", errors],
    ["throttles", throttles],
  ]);
}

function streamText(stream: PipelineStatus["stream"]): string {
  const { name, status, mode, openShards, retentionHours, encrypted } = stream;
  if (status === undefined) {
    return `${name}: gone`;
  }
  const parts = `${status}, ${mode}, ${openShards} shards, ${retentionHours} h, ${encrypted ? "encrypted" : "NOT ENCRYPTED"}`;
  return counted(`${name}: ${parts}`, [
    ["records in", stream.recordsIn],
    ["refused", stream.throttledRecords],
  ]);
}

function counted(text: string, counts: readonly (readonly [string, number | undefined])[]): string {
  const known = counts.flatMap(([name, count]) => (count === undefined ? [] : [`${count} ${name}`]));
  return known.length === 0 ? text : `${text}; in five minutes ${known.join(", ")}`;
}

function failureText({ bucket, batches, unprocessable, more, lastAt }: PipelineStatus["failures"]): string {
  if (batches + unprocessable === 0) {
    return `none in ${bucket}`;
  }
  return `${more ? "at least " : ""}${batches} batches, ${unprocessable} records in ${bucket}${lastAt === undefined ? "" : `, the last of ${lastAt}`}`;
}

function heartbeatText({ table, commitToEventMs, lastAt }: NonNullable<PipelineStatus["heartbeat"]>): string {
  return commitToEventMs === undefined
    ? `${table}: none has come out`
    : `${table}: ${Math.round(commitToEventMs)} ms from its commit to its event, at ${lastAt ?? UNKNOWN}`;
}

function tableCells(table: TableStatus): string[] {
  const { applied, mapping } = table;
  return [
    `${table.schema}.${table.table}`,
    table.state,
    count(table.rowsLoaded),
    count(applied?.inserts),
    count(applied?.updates),
    count(applied?.deletes),
    table.lastUpdateAt ?? UNKNOWN,
    table.lastEventAt ?? UNKNOWN,
    mapping === undefined ? UNKNOWN : mapping.state,
    count(table.failedBatches ?? (mapping && 0)),
  ];
}

function count(value: number | undefined): string {
  return value === undefined ? UNKNOWN : String(value);
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}
