import {
  CreateDeliveryStreamCommand,
  type CreateDeliveryStreamCommandInput,
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  type ExtendedS3DestinationConfiguration,
  ListTagsForDeliveryStreamCommand,
  TagDeliveryStreamCommand,
  UntagDeliveryStreamCommand,
  UpdateDestinationCommand,
} from "@aws-sdk/client-firehose";
import type { Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { tagChanges, tagList, tagMap } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";
import { toWire } from "../../wireNames";

const SPELLINGS = {
  bucketArn: "BucketARN",
  cloudwatchLoggingOptions: "CloudWatchLoggingOptions",
  kinesisStreamArn: "KinesisStreamARN",
  roleArn: "RoleARN",
};

/**
 * aws.kinesis.FirehoseDeliveryStream from a Kinesis stream to S3, on the sandbox's Firehose. That one partitions, and
 * writes each record at once as an object of its own; it neither compresses nor, without DuckDB, converts to Parquet.
 * Of the destination it is told what the state has. Its id is its ARN.
 */
export const firehoseDeliveryStream: ResourceType = {
  autoName: { property: "name", maxLength: 64 },
  replaceOn: ["name", "destination", "kinesisSourceConfiguration"],
  unsupported: [
    "elasticsearchConfiguration",
    "httpEndpointConfiguration",
    "icebergConfiguration",
    "mskSourceConfiguration",
    "opensearchConfiguration",
    "opensearchserverlessConfiguration",
    "redshiftConfiguration",
    "serverSideEncryption",
    "snowflakeConfiguration",
    "splunkConfiguration",
  ],

  async create(inputs, context) {
    const name = String(inputs.name);
    const source = inputs.kinesisSourceConfiguration;
    const { DeliveryStreamARN = "" } = await context.clients.firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: name,
        DeliveryStreamType: source ? "KinesisStreamAsSource" : "DirectPut",
        KinesisStreamSourceConfiguration: source && toWire(source, SPELLINGS),
        ExtendedS3DestinationConfiguration: destination(inputs),
        Tags: tagList(inputs.tags),
      } as CreateDeliveryStreamCommandInput),
    );
    context.made(DeliveryStreamARN);
    await waitFor(context, `delivery stream ${name} to be ACTIVE`, async () =>
      (await describe(DeliveryStreamARN, context))?.DeliveryStreamStatus === "ACTIVE" ? true : undefined,
    );
    return DeliveryStreamARN;
  },

  async read(id, context, known) {
    const found = await describe(id, context);
    if (found === undefined || found.DeliveryStreamStatus === "DELETING") {
      return undefined;
    }
    const { Tags } = await context.clients.firehose.send(
      new ListTagsForDeliveryStreamCommand({ DeliveryStreamName: nameOf(id) }),
    );
    const { kinesisSourceConfiguration, extendedS3Configuration, destination: kind } = known;
    return {
      inputs: {
        name: found.DeliveryStreamName,
        destination: kind ?? "extended_s3",
        kinesisSourceConfiguration,
        extendedS3Configuration,
        tags: tagMap(Tags),
      },
      outputs: {
        arn: id,
        destinationId: found.Destinations?.[0]?.DestinationId ?? "",
        versionId: String(found.VersionId ?? ""),
      },
    };
  },

  async update(id, inputs, old, context) {
    const { firehose } = context.clients;
    const DeliveryStreamName = nameOf(id);
    const found = await describe(id, context);
    await firehose.send(
      new UpdateDestinationCommand({
        DeliveryStreamName,
        CurrentDeliveryStreamVersionId: found?.VersionId,
        DestinationId: found?.Destinations?.[0]?.DestinationId,
        ExtendedS3DestinationUpdate: destination(inputs),
      }),
    );
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await firehose.send(new UntagDeliveryStreamCommand({ DeliveryStreamName, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await firehose.send(new TagDeliveryStreamCommand({ DeliveryStreamName, Tags: tagList(set) }));
    }
  },

  changes: () => ["versionId"],

  async delete(id, _state, context) {
    await unlessError(
      context.clients.firehose.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: nameOf(id) })),
      "ResourceNotFoundException",
    );
    await waitFor(context, `delivery stream ${nameOf(id)} to be gone`, async () =>
      (await describe(id, context)) === undefined ? true : undefined,
    );
  },
};

/** The destination as Firehose spells it; what the provider keeps flat stands in blocks there. */
function destination({ extendedS3Configuration }: Properties): ExtendedS3DestinationConfiguration {
  const { bufferingInterval, bufferingSize, kmsKeyArn, dynamicPartitioningConfiguration, ...same } =
    extendedS3Configuration as Properties;
  const partitioning = dynamicPartitioningConfiguration as
    | { enabled?: boolean; retryDuration?: number }
    | undefined;
  return {
    ...(toWire(same, SPELLINGS) as ExtendedS3DestinationConfiguration),
    BufferingHints: {
      IntervalInSeconds: bufferingInterval as number | undefined,
      SizeInMBs: bufferingSize as number | undefined,
    },
    ...(typeof kmsKeyArn === "string" && {
      EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: kmsKeyArn } },
    }),
    ...(partitioning && {
      DynamicPartitioningConfiguration: {
        Enabled: partitioning.enabled,
        RetryOptions: { DurationInSeconds: partitioning.retryDuration },
      },
    }),
  };
}

async function describe(id: string, { clients }: Context) {
  const answer = await unlessError(
    clients.firehose.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: nameOf(id) })),
    "ResourceNotFoundException",
  );
  return answer?.DeliveryStreamDescription;
}

/** `arn:aws:firehose:<region>:<account>:deliverystream/<name>` */
function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
