/** Whose fault an error is: the user's (input, configuration, another update) or rowstream's own. */
export type ErrorSource = "user" | "rowstream";

/** Every code a `RowstreamError` can carry; a program may branch on it, the message is for people. */
export type ErrorCode =
  | "CliMissing"
  | "CliTooOld"
  | "ConnectionTestFailed"
  | "HashKeyNotReadable"
  | "HeartbeatFailed"
  | "InitialLoadFailed"
  | "Interrupted"
  | "PolicyViolated"
  | "PricesInvalid"
  | "ReloadFailed"
  | "ReplicationFailed"
  | "ReplicationMissing"
  | "ReplicationNotRunning"
  | "SourceNotReadable"
  | "SourceNotReady"
  | "StackLocked"
  | "StackNotDeployed"
  | "StackNotFound"
  | "StatisticsLost"
  | "TableClash"
  | "TableNotMatched"
  | "TableUnknown"
  | "TimedOut"
  | "UpdateFailed"
  | "WrongWorkingDirectory";

/** What a `RowstreamError` is made of beside its message. */
export interface RowstreamErrorOptions {
  /** What to do about it, as one imperative sentence. */
  remedy?: string;
  /** The error underneath. */
  cause?: unknown;
}

const BRAND = Symbol.for("rowstream.RowstreamError");

/** The one error the driver throws on purpose: coded, with the side that has to act, and the remedy. */
export class RowstreamError extends Error {
  override readonly name = "RowstreamError";
  readonly remedy?: string;

  constructor(
    readonly code: ErrorCode,
    readonly source: ErrorSource,
    message: string,
    options: RowstreamErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    if (options.remedy !== undefined) {
      this.remedy = options.remedy;
    }
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for a `RowstreamError` of any copy of this module. */
  static is(error: unknown): error is RowstreamError {
    return typeof error === "object" && error !== null && BRAND in error;
  }
}
