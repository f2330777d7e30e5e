import {
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  KMSThrottlingException,
  ListShardsCommand,
  ProvisionedThroughputExceededException,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { pause } from "../../automation/poll";

/** What to read, and who gets it. */
export interface TailOptions {
  client: KinesisClient;
  streamName: string;
  /** `now`: what is written from here on. `horizon`: all the stream still holds, then the same. */
  from: "now" | "horizon";
  /**
   * Gets every record, those of one shard in order; the next one of its shard waits for it. `arrivedAt` is when it was
   * written to the stream, where Kinesis says so.
   */
  onRecord(data: Uint8Array, arrivedAt?: Date): void | Promise<void>;
  /** Called once, when every shard that is open now has its starting point. */
  onStarted?(): void;
  /** Ends the reading. */
  signal: AbortSignal;
}

// A shard answers five reads a second, for all its readers together (Amazon Kinesis API, GetRecords).
const BUSY_PAUSE_MS = 250;
const IDLE_PAUSE_MS = 500;
const THROTTLED_PAUSE_MS = 1_000;

/** A place in a shard that can be asked for again. */
type Position = "TRIM_HORIZON" | { at: Date } | { after: string };

/** Reads a stream until the signal fires: every shard, and after a reshard its children once it is read out. */
export async function tailStream(options: TailOptions): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const begun = new Set<string>();
  const done = new Set<string>();
  const running = new Set<Promise<void>>();
  let failure: unknown;

  const all = await listShards(options, signal);
  const present = new Set(all.map(shardId));
  const first =
    options.from === "now"
      ? all.filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined)
      : all.filter((shard) => parents(shard).every((parent) => !present.has(parent)));
  const beginnings: [string, Position, string | undefined][] = [];
  for (const shard of first) {
    const id = shardId(shard);
    // An iterator of LATEST that lapsed unread could not be had again at the same place; one of a time can.
    const again: Position = options.from === "now" ? { at: new Date() } : "TRIM_HORIZON";
    beginnings.push([id, again, await iterator(options, id, options.from === "now" ? "LATEST" : again)]);
  }
  options.onStarted?.();
  for (const beginning of beginnings) {
    begin(...beginning);
  }
  while (running.size > 0) {
    await Promise.race(running);
  }
  if (failure !== undefined) {
    throw failure;
  }

  function begin(id: string, again: Position, start: string | undefined): void {
    begun.add(id);
    const reading: Promise<void> = readShard({ ...options, signal }, id, again, start)
      .then(() => finished(id))
      .catch((error: unknown) => {
        if (!signal.aborted) {
          failure ??= error;
          stop.abort();
        }
      })
      .finally(() => running.delete(reading));
    running.add(reading);
  }

  /** Begins the children of a shard that is read out, once all their parents that are read here are. */
  async function finished(id: string): Promise<void> {
    done.add(id);
    if (signal.aborted) {
      return;
    }
    for (const child of await listShards(options, signal)) {
      const from = parents(child);
      const ready = from.includes(id) && from.every((parent) => done.has(parent) || !begun.has(parent));
      if (ready && !begun.has(shardId(child))) {
        begun.add(shardId(child));
        begin(shardId(child), "TRIM_HORIZON", await iterator(options, shardId(child), "TRIM_HORIZON"));
      }
    }
  }
}

/** Reads one shard to its end, or until the signal fires. */
async function readShard(
  options: TailOptions,
  id: string,
  again: Position,
  start: string | undefined,
): Promise<void> {
  let position = again;
  let next = start;
  while (next !== undefined && !options.signal.aborted) {
    const page = await getRecords(options, next);
    if (page === "throttled") {
      await pause(THROTTLED_PAUSE_MS, options.signal);
    } else if (page === "expired") {
      next = await iterator(options, id, position);
    } else {
      position = (await deliver(options, page)) ?? position;
      next = page.NextShardIterator;
      await pause((page.MillisBehindLatest ?? 0) > 0 ? BUSY_PAUSE_MS : IDLE_PAUSE_MS, options.signal);
    }
  }
}

/** Hands a page's records on, in order; answers with the place behind the last one. */
async function deliver(options: TailOptions, page: GetRecordsCommandOutput): Promise<Position | undefined> {
  let position: Position | undefined;
  for (const { Data, SequenceNumber, ApproximateArrivalTimestamp } of page.Records ?? []) {
    if (options.signal.aborted) {
      break;
    }
    await options.onRecord(Data ?? new Uint8Array(), ApproximateArrivalTimestamp);
    position = SequenceNumber === undefined ? position : { after: SequenceNumber };
  }
  return position;
}

async function getRecords(
  options: TailOptions,
  next: string,
): Promise<GetRecordsCommandOutput | "throttled" | "expired"> {
  try {
    return await options.client.send(new GetRecordsCommand({ ShardIterator: next }), {
      abortSignal: options.signal,
    });
  } catch (error) {
    if (error instanceof ProvisionedThroughputExceededException || error instanceof KMSThrottlingException) {
      return "throttled";
    }
    if (error instanceof ExpiredIteratorException) {
      return "expired";
    }
    throw error;
  }
}

async function iterator(
  options: TailOptions,
  id: string,
  position: Position | "LATEST",
): Promise<string | undefined> {
  const place =
    typeof position === "string"
      ? { ShardIteratorType: position }
      : "at" in position
        ? { ShardIteratorType: "AT_TIMESTAMP" as const, Timestamp: position.at }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, StartingSequenceNumber: position.after };
  const { ShardIterator } = await options.client.send(
    new GetShardIteratorCommand({ StreamName: options.streamName, ShardId: id, ...place }),
    { abortSignal: options.signal },
  );
  return ShardIterator;
}

async function listShards({ client, streamName }: TailOptions, signal: AbortSignal): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  do {
    const input: { StreamName?: string; NextToken?: string } =
      token === undefined ? { StreamName: streamName } : { NextToken: token };
    const page = await client.send(new ListShardsCommand(input), { abortSignal: signal });
    shards.push(...(page.Shards ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return shards;
}

function parents(shard: Shard): string[] {
  return [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined);
}

function shardId(shard: Shard): string {
  return shard.ShardId ?? "";
}
