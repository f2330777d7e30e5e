/** Where reading begins on a shard that has no checkpoint yet. */
export type StartingPosition = "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";

/** The states of a mapping (Lambda API, EventSourceMappingConfiguration). */
export type MappingState =
  | "Creating"
  | "Enabling"
  | "Enabled"
  | "Disabling"
  | "Disabled"
  | "Updating"
  | "Deleting";

/** An event source mapping's settings, in the members and spelling of the API. */
export interface MappingConfiguration {
  UUID: string;
  EventSourceMappingArn: string;
  EventSourceArn: string;
  FunctionArn: string;
  StartingPosition: StartingPosition;
  /** Seconds since 1970. */
  StartingPositionTimestamp?: number;
  BatchSize: number;
  MaximumBatchingWindowInSeconds: number;
  ParallelizationFactor: number;
  MaximumRecordAgeInSeconds: number;
  BisectBatchOnFunctionError: boolean;
  MaximumRetryAttempts: number;
  TumblingWindowInSeconds: number;
  FunctionResponseTypes: "ReportBatchItemFailures"[];
  DestinationConfig: { OnFailure?: { Destination?: string } };
  FilterCriteria?: { Filters: { Pattern: string }[] };
  /** Kept and told; the sandbox has no metrics. */
  MetricsConfig?: { Metrics: string[] };
  /** Seconds since 1970. */
  LastModified: number;
  LastProcessingResult: string;
  State: MappingState;
  StateTransitionReason: string;
}

/** A mapping as it is kept on disk. */
export interface MappingRecord {
  configuration: MappingConfiguration;
  tags: Record<string, string>;
  /** What the user asked for: after a restart, an enabled mapping goes on. */
  enabled: boolean;
  /** When it was made, in milliseconds since 1970: where LATEST begins for a shard never read before. */
  createdAt: number;
}
