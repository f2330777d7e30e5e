import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  ListTagsForStreamCommand,
  RemoveTagsFromStreamCommand,
  type StreamDescriptionSummary,
} from "@aws-sdk/client-kinesis";
import type { Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import { type StreamInputs as Inputs, modeOf, streamChanges } from "../../streamChanges";
import { tagChanges, tagMap } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";

/** The largest record that the sandbox's Kinesis takes, in KiB; the real one can be told to take up to 10240. */
const RECORD_SIZE = 1024;

/** aws.kinesis.Stream on the sandbox's Kinesis. Its id is its ARN; it is imported by its name. */
export const stream: ResourceType = {
  autoName: { property: "name" },
  replaceOn: ["name"],
  sets: ["shardLevelMetrics"],
  providerOnly: ["enforceConsumerDeletion"],
  unsupported: ["warmThroughputMibPs"],
  check: (inputs) => checkStream(inputs as unknown as Inputs),

  async create(properties, context) {
    const inputs = properties as unknown as Inputs;
    const mode = modeOf(inputs);
    await context.clients.kinesis.send(
      new CreateStreamCommand({
        StreamName: inputs.name,
        StreamModeDetails: { StreamMode: mode },
        ...(mode === "PROVISIONED" && { ShardCount: inputs.shardCount }),
      }),
    );
    const id = arn(inputs.name, context);
    context.made(id);
    await apply(inputs, context);
    await writeTags(inputs.name, {}, inputs, context);
    return id;
  },

  async read(id, context) {
    const found = await describe(nameOf(id), context);
    if (found === undefined || found.StreamStatus === "DELETING") {
      return undefined;
    }
    const { Tags } = await context.clients.kinesis.send(
      new ListTagsForStreamCommand({ StreamName: found.StreamName }),
    );
    return {
      inputs: { ...describedInputs(found), tags: tagMap(Tags) },
      outputs: { arn: found.StreamARN ?? arn(nameOf(id), context) },
    };
  },

  async update(id, properties, old, context) {
    const inputs = properties as unknown as Inputs;
    const StreamName = nameOf(id);
    await apply(inputs, context);
    await writeTags(StreamName, old, inputs, context);
  },

  async delete(id, state, context) {
    const StreamName = nameOf(id);
    const EnforceConsumerDeletion = state.enforceConsumerDeletion === true;
    const answer = await unlessError(
      context.clients.kinesis.send(new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion })),
      "ResourceNotFoundException",
    );
    if (answer !== undefined) {
      await waitFor(context, `stream ${StreamName} to be gone`, async () =>
        (await describe(StreamName, context)) === undefined ? true : undefined,
      );
    }
  },
};

async function writeTags(
  StreamName: string,
  old: Properties,
  { tags }: Inputs,
  { clients }: Context,
): Promise<void> {
  const { set, remove } = tagChanges(old.tags, tags);
  if (remove.length > 0) {
    await clients.kinesis.send(new RemoveTagsFromStreamCommand({ StreamName, TagKeys: remove }));
  }
  if (Object.keys(set).length > 0) {
    await clients.kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: set }));
  }
}

function checkStream(inputs: Inputs): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const mode = modeOf(inputs);
  if (mode === "PROVISIONED" && inputs.shardCount === undefined) {
    failures.push({ property: "shardCount", reason: "it must be 1 or more where streamMode is PROVISIONED" });
  }
  if (mode === "ON_DEMAND" && inputs.shardCount !== undefined) {
    failures.push({ property: "shardCount", reason: "it must not be set where streamMode is ON_DEMAND" });
  }
  if (inputs.encryptionType === "KMS" && !inputs.kmsKeyId) {
    failures.push({ property: "kmsKeyId", reason: "it is required where encryptionType is KMS" });
  }
  if (Number(inputs.maxRecordSizeInKib ?? RECORD_SIZE) > RECORD_SIZE) {
    failures.push({
      property: "maxRecordSizeInKib",
      reason: `it is ${inputs.maxRecordSizeInKib}; the sandbox's Kinesis takes records of ${RECORD_SIZE} KiB at most`,
    });
  }
  return failures;
}

function arn(name: string, { partition, region, accountId }: Context): string {
  return `arn:${partition}:kinesis:${region}:${accountId}:stream/${name}`;
}

function nameOf(id: string): string {
  return id.split("/").at(-1) ?? id;
}

async function describe(name: string, { clients }: Context): Promise<StreamDescriptionSummary | undefined> {
  const answer = await unlessError(
    clients.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name })),
    "ResourceNotFoundException",
  );
  return answer?.StreamDescriptionSummary;
}

function describedInputs(found: StreamDescriptionSummary): Properties {
  const mode = found.StreamModeDetails?.StreamMode ?? "PROVISIONED";
  const encrypted = found.EncryptionType === "KMS";
  return {
    name: found.StreamName,
    streamModeDetails: { streamMode: mode },
    // On demand the number of shards is the service's own affair.
    shardCount: mode === "PROVISIONED" ? found.OpenShardCount : 0,
    retentionPeriod: found.RetentionPeriodHours,
    encryptionType: encrypted ? "KMS" : "NONE",
    kmsKeyId: encrypted ? found.KeyId : "",
    maxRecordSizeInKib: found.MaxRecordSizeInKiB ?? RECORD_SIZE,
    shardLevelMetrics: (found.EnhancedMonitoring?.[0]?.ShardLevelMetrics ?? []).filter(
      (metric) => metric !== "ALL",
    ),
  };
}

/** Brings the stream to what the inputs say, one change after the other: Kinesis takes the next only when ACTIVE. */
async function apply(inputs: Inputs, context: Context): Promise<void> {
  const found = await active(inputs.name, context);
  for (const call of streamChanges(inputs, found)) {
    await call(context.clients.kinesis, inputs.name);
    await active(inputs.name, context);
  }
}

function active(name: string, context: Context): Promise<StreamDescriptionSummary> {
  return waitFor(context, `stream ${name} to be ACTIVE`, async () => {
    const found = await describe(name, context);
    if (found === undefined) {
      throw new Error(`stream ${name} does not exist`);
    }
    return found.StreamStatus === "ACTIVE" ? found : undefined;
  });
}
