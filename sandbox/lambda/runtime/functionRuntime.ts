import { join } from "node:path";
import type { AwsHttp } from "../../awsHttp";
import { ApiError } from "../apiError";
import type { FunctionRecord } from "../functionRecord";
import type { FunctionStore } from "../functionStore";
import type { RoleSessions } from "../roleSessions";
import type { Settings } from "../settings";
import { ExecutionEnvironment, type InvocationResult } from "./executionEnvironment";
import { FunctionLog } from "./functionLog";
import { MAXIMUM_PAYLOAD_BYTES } from "./runtimeApi";

/** How many processes run at once, all functions together: a new AWS account's limit, and plenty for one machine. */
const ACCOUNT_CONCURRENCY = 10;

/** A process without an event for so long is ended, in milliseconds. */
const IDLE_MS = 120_000;

/** Runs functions: finds a warm process for an event or starts one, within the limits on concurrency. */
export class FunctionRuntime {
  private readonly idle = new Map<string, ExecutionEnvironment[]>();
  private readonly busy = new Set<ExecutionEnvironment>();
  private readonly logs = new Map<string, FunctionLog>();
  private readonly reaper: NodeJS.Timeout;

  constructor(
    private readonly store: FunctionStore,
    private readonly settings: Settings,
    private readonly aws: AwsHttp,
    private readonly sessions: RoleSessions,
  ) {
    this.reaper = setInterval(() => this.reap(), IDLE_MS / 4).unref();
  }

  /**
   * Runs one event and waits for its end.
   * @param payload JSON, at most 6 MB
   * @throws ApiError where the function cannot be invoked; an error of the function itself is a result
   */
  async invoke(record: FunctionRecord, payload: string): Promise<InvocationResult> {
    const name = record.configuration.FunctionName;
    if (record.configuration.State !== "Active") {
      throw new ApiError(
        "ResourceConflictException",
        `The operation cannot be performed at this time. The function is currently in the following state: ${record.configuration.State}`,
      );
    }
    const size = Buffer.byteLength(payload);
    if (size > MAXIMUM_PAYLOAD_BYTES) {
      throw new ApiError(
        "RequestTooLargeException",
        `Request must be smaller than ${MAXIMUM_PAYLOAD_BYTES} bytes for the InvokeFunction operation`,
      );
    }
    const environment = this.take(record);
    this.busy.add(environment);
    try {
      return await environment.invoke(payload);
    } finally {
      this.busy.delete(environment);
      this.putBack(name, environment);
    }
  }

  /** Ends the function's idle processes; busy ones end with their invocation. Call after its code or settings changed. */
  retire(name: string): void {
    for (const environment of this.idle.get(name) ?? []) {
      environment.stop();
    }
    this.idle.delete(name);
  }

  /** Ends every process. */
  stop(): void {
    clearInterval(this.reaper);
    for (const environment of [...this.busy, ...[...this.idle.values()].flat()]) {
      environment.stop();
    }
    for (const log of this.logs.values()) {
      log.close();
    }
  }

  private take(record: FunctionRecord): ExecutionEnvironment {
    const name = record.configuration.FunctionName;
    const limit = record.reservedConcurrency;
    const own = [...this.busy].filter(
      (environment) => environment.record.configuration.FunctionName === name,
    ).length;
    if (limit !== undefined && own >= limit) {
      throw new ApiError(
        "TooManyRequestsException",
        "Rate Exceeded.",
        "ReservedFunctionConcurrentInvocationLimitExceeded",
      );
    }
    if (this.busy.size >= ACCOUNT_CONCURRENCY) {
      throw new ApiError("TooManyRequestsException", "Rate Exceeded.", "ConcurrentInvocationLimitExceeded");
    }
    // The one used last is the warmest; the others may go cold and be reaped.
    const pool = this.idle.get(name) ?? [];
    for (let warm = pool.pop(); warm !== undefined; warm = pool.pop()) {
      if (!warm.ended) {
        return warm;
      }
    }
    return new ExecutionEnvironment(
      record,
      this.settings,
      this.store.taskRoot(record),
      this.logOf(name),
      this.aws,
      () => this.sessions.ofFunction(record.configuration),
    );
  }

  private putBack(name: string, environment: ExecutionEnvironment): void {
    const current = this.store.find(name)?.configuration.RevisionId;
    if (environment.ended || current !== environment.record.configuration.RevisionId) {
      environment.stop();
      return;
    }
    const pool = this.idle.get(name) ?? [];
    pool.push(environment);
    this.idle.set(name, pool);
  }

  private reap(): void {
    const limit = Date.now() - IDLE_MS;
    for (const [name, pool] of this.idle) {
      this.idle.set(
        name,
        pool.filter((environment) => {
          const keep = !environment.ended && environment.idleSince > limit;
          if (!keep) {
            environment.stop();
          }
          return keep;
        }),
      );
    }
  }

  private logOf(name: string): FunctionLog {
    let log = this.logs.get(name);
    if (log === undefined) {
      log = new FunctionLog(join(this.settings.stateDirectory, "logs"), name);
      this.logs.set(name, log);
    }
    return log;
  }
}
