import {
  DescribeStreamSummaryCommand,
  ListShardsCommand,
  ListTagsForStreamCommand,
} from "@aws-sdk/client-kinesis";
import { tagMap } from "../../tags";
import type { Invoke } from "..";

/** aws.kinesis.getStream: a stream of the user's own. */
export const getStream: Invoke = async ({ name }, { clients, region }) => {
  const StreamName = String(name);
  const { StreamDescriptionSummary: found } = await clients.kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName }),
  );
  const { Shards } = await clients.kinesis.send(new ListShardsCommand({ StreamName }));
  const { Tags } = await clients.kinesis.send(new ListTagsForStreamCommand({ StreamName }));
  const shards = (Shards ?? []).map(({ ShardId, SequenceNumberRange }) => ({
    id: ShardId,
    open: SequenceNumberRange?.EndingSequenceNumber === undefined,
  }));
  return {
    id: found?.StreamARN,
    arn: found?.StreamARN,
    name: found?.StreamName,
    region,
    status: found?.StreamStatus,
    creationTimestamp: Math.floor((found?.StreamCreationTimestamp?.getTime() ?? 0) / 1000),
    encryptionType: found?.EncryptionType ?? "NONE",
    kmsKeyId: found?.KeyId ?? "",
    maxRecordSizeInKib: found?.MaxRecordSizeInKiB ?? 1024,
    retentionPeriod: found?.RetentionPeriodHours,
    shardLevelMetrics: found?.EnhancedMonitoring?.[0]?.ShardLevelMetrics ?? [],
    streamModeDetails: [{ streamMode: found?.StreamModeDetails?.StreamMode ?? "PROVISIONED" }],
    openShards: shards.filter(({ open }) => open).map(({ id }) => id),
    closedShards: shards.filter(({ open }) => !open).map(({ id }) => id),
    tags: tagMap(Tags),
    warmThroughputs: [],
  };
};
