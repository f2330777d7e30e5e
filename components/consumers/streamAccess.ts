import { arnPattern, checkGiven, checkMatch } from "../checks";
import type { Faults } from "../faults";
import type { PolicyStatement } from "../policyDocument";
import { viaService } from "../replication/policies";

/** The change stream, as a consumer's role sees it. */
export interface StreamAccess {
  streamArn: string;
  /** The ARN of the registered consumer; undefined where the stream is read without one. */
  consumerArn?: string | undefined;
  /** The key of the stream. */
  kmsKeyArn: string;
  region: string;
}

/** What reading a stream takes (AWS Lambda developer guide, services-kinesis-create). */
export function readStreamStatements(access: StreamAccess): PolicyStatement[] {
  const { streamArn, consumerArn, kmsKeyArn, region } = access;
  return [
    {
      Sid: "ReadStream",
      Effect: "Allow",
      Action: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      Resource: streamArn,
    },
    ...(consumerArn === undefined
      ? []
      : [
          {
            Sid: "Subscribe",
            Effect: "Allow" as const,
            Action: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
            Resource: consumerArn,
          },
        ]),
    {
      Sid: "StreamKey",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: kmsKeyArn,
      Condition: viaService("kinesis", region),
    },
  ];
}

/** Checks what every consumer is told of the stream. */
export function checkStream(faults: Faults, args: { streamArn: unknown; kmsKeyArn: unknown }): void {
  checkGiven(faults, "streamArn", args.streamArn, "give the change stream's, e.g. pipeline.streamArn");
  checkMatch(faults, "streamArn", args.streamArn, arnPattern("kinesis"), "the ARN of a Kinesis stream");
  checkGiven(faults, "kmsKeyArn", args.kmsKeyArn, "give the pipeline's, pipeline.kmsKeyArn");
  checkMatch(faults, "kmsKeyArn", args.kmsKeyArn, arnPattern("kms"), "the ARN of a KMS key");
}
