import {
  DecreaseStreamRetentionPeriodCommand,
  DisableEnhancedMonitoringCommand,
  EnableEnhancedMonitoringCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  type MetricsName,
  StartStreamEncryptionCommand,
  StopStreamEncryptionCommand,
  type StreamDescriptionSummary,
  type StreamMode,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
} from "@aws-sdk/client-kinesis";

/** What Kinesis itself takes where nothing is said, in hours. */
const DEFAULT_RETENTION = 24;

/** The inputs of aws.kinesis.Stream that the stand-in acts on. */
export interface StreamInputs {
  name: string;
  shardCount?: number;
  retentionPeriod?: number;
  encryptionType?: "KMS" | "NONE";
  kmsKeyId?: string;
  maxRecordSizeInKib?: number;
  streamModeDetails?: { streamMode?: StreamMode };
  shardLevelMetrics?: MetricsName[];
  tags?: Record<string, string>;
}

/** One call that changes a stream. */
export type Call = (client: KinesisClient, StreamName: string) => Promise<unknown>;

/** The mode that the inputs ask for. */
export function modeOf({ streamModeDetails }: StreamInputs): StreamMode {
  return streamModeDetails?.streamMode ?? "PROVISIONED";
}

/** The calls that separate the stream from the inputs, in order: Kinesis takes the next only when it is ACTIVE. */
export function streamChanges(inputs: StreamInputs, found: StreamDescriptionSummary): Call[] {
  return [
    ...modeChange(inputs, found),
    ...shardChange(inputs, found),
    ...retentionChange(inputs, found),
    ...encryptionChange(inputs, found),
    ...metricsChange(inputs, found),
  ];
}

function modeChange(inputs: StreamInputs, found: StreamDescriptionSummary): Call[] {
  const StreamMode = modeOf(inputs);
  return StreamMode === (found.StreamModeDetails?.StreamMode ?? "PROVISIONED")
    ? []
    : [
        (client) =>
          client.send(
            new UpdateStreamModeCommand({ StreamARN: found.StreamARN, StreamModeDetails: { StreamMode } }),
          ),
      ];
}

function shardChange({ shardCount, ...inputs }: StreamInputs, found: StreamDescriptionSummary): Call[] {
  return modeOf(inputs) !== "PROVISIONED" || shardCount === undefined || shardCount === found.OpenShardCount
    ? []
    : [
        (client, StreamName) =>
          client.send(
            new UpdateShardCountCommand({
              StreamName,
              TargetShardCount: shardCount,
              ScalingType: "UNIFORM_SCALING",
            }),
          ),
      ];
}

function retentionChange({ retentionPeriod }: StreamInputs, found: StreamDescriptionSummary): Call[] {
  const RetentionPeriodHours = retentionPeriod ?? DEFAULT_RETENTION;
  const now = found.RetentionPeriodHours ?? DEFAULT_RETENTION;
  if (RetentionPeriodHours === now) {
    return [];
  }
  return RetentionPeriodHours > now
    ? [
        (client, StreamName) =>
          client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours })),
      ]
    : [
        (client, StreamName) =>
          client.send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours })),
      ];
}

function encryptionChange(inputs: StreamInputs, found: StreamDescriptionSummary): Call[] {
  const KeyId = inputs.encryptionType === "KMS" ? inputs.kmsKeyId : undefined;
  const now = found.EncryptionType === "KMS" ? found.KeyId : undefined;
  if (KeyId === now) {
    return [];
  }
  return KeyId === undefined
    ? [
        (client, StreamName) =>
          client.send(new StopStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId: now })),
      ]
    : [
        (client, StreamName) =>
          client.send(new StartStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId })),
      ];
}

function metricsChange({ shardLevelMetrics = [] }: StreamInputs, found: StreamDescriptionSummary): Call[] {
  const now = found.EnhancedMonitoring?.[0]?.ShardLevelMetrics ?? [];
  const [on, off] = [
    shardLevelMetrics.filter((metric) => !now.includes(metric)),
    now.filter((metric) => !shardLevelMetrics.includes(metric)),
  ];
  return [
    ...(off.length === 0
      ? []
      : [
          (client: KinesisClient, StreamName: string) =>
            client.send(new DisableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: off })),
        ]),
    ...(on.length === 0
      ? []
      : [
          (client: KinesisClient, StreamName: string) =>
            client.send(new EnableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: on })),
        ]),
  ];
}
