import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AwsHttp, AwsHttpError } from "./awsHttp";
import { DynamodbSource } from "./lambda/mapping/dynamodbSource";
import { MappingStore } from "./lambda/mapping/mappingStore";
import { readSettings } from "./lambda/settings";

const POLL_MS = 100;

/**
 * Waits until the event source mappings have done all that the tables' streams hold. Nothing may write to the
 * tables any more. MiniStack does not save streams: what is unread when it ends is gone.
 * @param lambdaDir the Lambda stand-in's state; it must be running
 * @param environment leads to MiniStack
 * @returns the streams that were not read to their end within the time
 */
export async function drainStreams(
  lambdaDir: string,
  environment: Record<string, string>,
  timeoutMs: number,
): Promise<string[]> {
  const aws = new AwsHttp(readSettings({ ...environment, ROWSTREAM_STATE_DIR: lambdaDir }));
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const unread = await unreadStreams(lambdaDir, aws);
    if (unread.length === 0 || Date.now() > deadline) {
      return unread;
    }
    await pause(POLL_MS);
  }
}

async function unreadStreams(lambdaDir: string, aws: AwsHttp): Promise<string[]> {
  // Read anew each time: another process writes the checkpoints.
  const mappings = new MappingStore(join(lambdaDir, "mappings"));
  const unread: string[] = [];
  for (const { configuration } of mappings.list()) {
    const { EventSourceArn, UUID } = configuration;
    if (!EventSourceArn.startsWith("arn:aws:dynamodb:")) {
      continue;
    }
    const checkpoint = (shardId: string) => mappings.checkpoints(UUID).read(shardId).sequenceNumber;
    if (await hasUnread(new DynamodbSource(aws, EventSourceArn), checkpoint)) {
      unread.push(EventSourceArn);
    }
  }
  return unread;
}

async function hasUnread(
  source: DynamodbSource,
  checkpoint: (shardId: string) => string | undefined,
): Promise<boolean> {
  try {
    const { shards } = await source.listShards();
    for (const { shardId } of shards) {
      const { records } = await source.read(shardId, await start(source, shardId, checkpoint(shardId)));
      if (records.length > 0) {
        return true;
      }
    }
    return false;
  } catch (error) {
    if (error instanceof AwsHttpError && error.code === "ResourceNotFoundException") {
      return false; // The stream is gone, with its table.
    }
    throw error;
  }
}

/** Where reading goes on behind a checkpoint; at the beginning where the stream no longer has that record. */
async function start(source: DynamodbSource, shardId: string, after: string | undefined): Promise<string> {
  if (after !== undefined) {
    try {
      return await source.iterator(shardId, { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: after });
    } catch (error) {
      if (!(error instanceof AwsHttpError && error.code === "TrimmedDataAccessException")) {
        throw error;
      }
    }
  }
  return source.iterator(shardId, { type: "TRIM_HORIZON" });
}
