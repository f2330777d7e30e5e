import { RowstreamError } from "./errors";
import type { OnEvent, TableProgress } from "./events";
import { type PollOptions, pause, poll, throwIfAborted } from "./poll";
import type { ReplicationControl, ReplicationState } from "./replicationControl";
import { byName } from "./tableMatch";

/** What every step on a replication needs. */
export interface StepContext {
  control: ReplicationControl;
  onEvent: OnEvent;
  signal?: AbortSignal | undefined;
  /** How often to look while waiting. Default: what suits AWS. */
  pace?: Pace | undefined;
  /** Makes sure, right before the replication is resumed, that this run may. */
  confirm?: (() => Promise<void>) | undefined;
}

/** The first and the longest wait between two looks, in milliseconds. */
export type Pace = Pick<PollOptions, "initialMs" | "maximumMs">;

/** DMS takes minutes to start and to stop a task; half an hour says that something hangs. */
export const SETTLE_TIMEOUT_MS = 30 * 60_000;
const MOVE_TIMEOUT_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 5 * 60_000;
// A role made moments ago may not be assumable yet; IAM becomes consistent within seconds.
const TARGET_ATTEMPTS = 3;
const TARGET_PAUSE_MS = 10_000;

/**
 * The replication's state once it is on its way to nowhere else.
 *
 * @throws RowstreamError `ReplicationMissing` where DMS has no such replication.
 */
export function settledState({
  control,
  signal,
  pace,
}: Omit<StepContext, "onEvent">): Promise<ReplicationState> {
  return poll(
    async () => {
      const state = await requireState(control);
      return state.phase === "changing" ? undefined : state;
    },
    { what: "waiting for the replication to settle", timeoutMs: SETTLE_TIMEOUT_MS, signal, ...pace },
  );
}

/**
 * Tests the connections to the source and the target, one after the other.
 *
 * @throws RowstreamError `ConnectionTestFailed` with DMS's reason.
 */
export async function testConnections({ control, onEvent, signal, pace }: StepContext): Promise<void> {
  for (const endpoint of control.testableEndpoints) {
    onEvent({ code: "ConnectionTestStarted", endpoint });
    const attempts = endpoint === "target" ? TARGET_ATTEMPTS : 1;
    for (let attempt = 1; ; attempt++) {
      await control.startConnectionTest(endpoint);
      const result = await poll(() => control.connectionTest(endpoint), {
        what: `the connection test of the ${endpoint}`,
        timeoutMs: CONNECTION_TIMEOUT_MS,
        signal,
        ...pace,
      });
      if (result.passed) {
        break;
      }
      if (attempt >= attempts) {
        throw new RowstreamError(
          "ConnectionTestFailed",
          "user",
          `DMS cannot connect to the ${endpoint}: ${result.message}`,
          { remedy: connectionRemedy(endpoint) },
        );
      }
      await pause(Math.min(TARGET_PAUSE_MS, pace?.maximumMs ?? TARGET_PAUSE_MS), signal);
    }
    onEvent({ code: "ConnectionTestPassed", endpoint });
  }
}

function connectionRemedy(endpoint: "source" | "target"): string {
  return endpoint === "source"
    ? "check host, port, database, user, password and sslMode under rowstream:source, and that the database lets the replication instance's network in; then run the same command again"
    : "check that the replication instance's network reaches DynamoDB (a gateway endpoint or a route); then run the same command again";
}

/**
 * Waits for the full load to end, telling of each table's progress. DMS then stops the replication by itself,
 * before it applies the first change (task setting StopTaskCachedChangesNotApplied).
 *
 * @throws RowstreamError `ReplicationFailed` with DMS's reasons.
 */
export async function waitForFullLoad({
  control,
  onEvent,
  signal,
  pace,
}: StepContext): Promise<ReplicationState> {
  let reported = "";
  const state = await poll(
    async () => {
      const current = await requireState(control);
      if (current.phase === "failed" || current.phase === "interrupted") {
        throw await replicationFailure(control, current);
      }
      const tables = await progress(control);
      const line = JSON.stringify([current.percent, tables]);
      if (line !== reported && tables.length > 0) {
        reported = line;
        onEvent({ code: "FullLoadProgress", percent: current.percent, tables });
      }
      return current.phase === "loaded" ? current : undefined;
    },
    { what: "the full load", maximumMs: 5_000, signal, ...pace },
  );
  onEvent({ code: "FullLoadFinished", tables: await progress(control) });
  return state;
}

/** Stops a running replication and waits until it stands still. */
export async function stopReplication(context: StepContext, reason: string): Promise<void> {
  const { control, onEvent, signal, pace } = context;
  onEvent({ code: "ReplicationStopping", reason });
  await control.stop();
  await poll(
    async () => {
      const { phase } = await requireState(control);
      return phase === "loaded" || phase === "interrupted" || phase === "failed" ? phase : undefined;
    },
    { what: "stopping the replication", timeoutMs: SETTLE_TIMEOUT_MS, signal, ...pace },
  );
  onEvent({ code: "ReplicationStopped" });
}

/**
 * Lets a stopped replication go on and waits until it moves: `running`, or `loading` what was left of the load.
 *
 * @throws RowstreamError `ReplicationFailed` with DMS's reasons.
 */
export async function resumeReplication(context: StepContext): Promise<ReplicationState> {
  const { control, onEvent, signal, pace } = context;
  throwIfAborted(signal);
  onEvent({ code: "ReplicationResuming" });
  const before = await requireState(control);
  await context.confirm?.();
  await control.resume();
  const resumedAt = Date.now();
  const after = await poll(
    async () => {
      const state = await requireState(control);
      // Right after the call DMS may still report the phase it was in.
      const moved = state.phase !== before.phase || Date.now() - resumedAt > MOVE_TIMEOUT_MS;
      if (moved && state.phase === "failed") {
        throw await replicationFailure(control, state);
      }
      return moved && state.phase !== "changing" ? state : undefined;
    },
    { what: "resuming the replication", timeoutMs: SETTLE_TIMEOUT_MS, signal, ...pace },
  );
  if (after.phase === "running") {
    onEvent({ code: "ReplicationRunning" });
  }
  return after;
}

/** The error for a replication that DMS gave up, with everything DMS says about it. */
export async function replicationFailure(
  control: ReplicationControl,
  state: ReplicationState,
): Promise<RowstreamError> {
  const reasons = [
    ...state.failures,
    ...(state.stopReason ? [state.stopReason] : []),
    ...(await control.lastErrors()),
  ];
  const unique = [...new Set(reasons.map((reason) => reason.trim()).filter(Boolean))];
  return new RowstreamError(
    "ReplicationFailed",
    "user",
    `the replication is ${state.status}: ${unique.length > 0 ? unique.join("; ") : "DMS gives no reason"}`,
    { remedy: "mend the cause, then run `rowstream up --restart`: it goes on where the replication stopped" },
  );
}

async function progress(control: ReplicationControl): Promise<TableProgress[]> {
  return (await control.tableStatistics()).sort(byName);
}

async function requireState(control: ReplicationControl): Promise<ReplicationState> {
  const state = await control.state();
  if (!state) {
    throw new RowstreamError(
      "ReplicationMissing",
      "user",
      "the stack's replication does not exist any more in DMS",
      { remedy: "run `rowstream refresh`, then `rowstream up`, which makes it again" },
    );
  }
  return state;
}
