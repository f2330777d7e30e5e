import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { PipelineOutputs } from "../program";
import { isStale, type LockHolder } from "./engineError";
import { RowstreamError } from "./errors";
import { RUN_LOCK_KEY } from "./initialLoad/loadProgress";
import { pause, throwIfAborted } from "./poll";

/**
 * The right of one run to move a stack's replication while rows are published. The engine's lock is held during an
 * update only: between two updates another run could resume the replication under a run that still publishes, and
 * rows would come after their changes.
 *
 * Whoever has it says so again and again. A run that is not heard of for the time of the lease is taken for dead, by
 * the watcher's own clock alone; one that ran on this machine and is gone, at once.
 */
export interface RunLock {
  /**
   * @throws RowstreamError `StackLocked` that names the run that has it, once that run has been heard of
   * @throws RowstreamError `Interrupted` when the signal fires
   */
  take(signal: AbortSignal | undefined): Promise<HeldLock>;
}

/** The lock in this run's hands. */
export interface HeldLock {
  /** Aborts, with a RowstreamError, when another run has it: this one had not been heard of. */
  readonly lost: AbortSignal;
  /** Makes sure that it is still this run's, right before what must not be done without it. */
  confirm(): Promise<void>;
  release(): Promise<void>;
}

/** What is known of the run that has the lock. */
export interface LockRecord {
  owner: string;
  /** Another number each time that the owner says that it is there. */
  beat: number;
  holder: LockHolder;
}

/** Where the lock lies; writes are conditional. */
export interface LockStore {
  read(): Promise<LockRecord | undefined>;
  /** Writes it where it still is what the caller saw. @returns whether it did */
  write(record: LockRecord, seen: LockRecord | undefined): Promise<boolean>;
  /** Removes it where it still is the owner's. */
  remove(owner: string): Promise<void>;
}

/** How often the owner says that it is there, and after which silence it is taken for dead, in milliseconds. */
export interface LockPace {
  beatMs: number;
  leaseMs: number;
}

const PACE: LockPace = { beatMs: 5_000, leaseMs: 30_000 };

/** The lock of a stack; undefined where no rows are published. */
export function runLockFor({ region, initialLoad }: PipelineOutputs): RunLock | undefined {
  return initialLoad && runLock(lockItem(new DynamoDBClient({ region }), initialLoad.progressTable));
}

/** A lock in a store. */
export function runLock(store: LockStore, { beatMs, leaseMs }: LockPace = PACE): RunLock {
  return {
    async take(signal) {
      const since = new Date().toISOString();
      const holder = { user: userInfo().username, host: hostname(), pid: process.pid, since };
      const mine: LockRecord = { owner: randomUUID(), beat: 0, holder };
      let seen: LockRecord | undefined;
      let seenAt = 0;
      for (;;) {
        throwIfAborted(signal);
        const found = await store.read();
        if (found?.owner !== seen?.owner) {
          seen = found;
          seenAt = Date.now();
        } else if (found !== undefined && found.beat !== seen?.beat) {
          throw locked(found.holder);
        }
        const free = found === undefined || isStale(found.holder) || Date.now() - seenAt > leaseMs;
        if (free && (await store.write(mine, found))) {
          return hold(mine, store, { beatMs, leaseMs });
        }
        await pause(beatMs / 5, signal);
      }
    },
  };
}

function hold(taken: LockRecord, store: LockStore, { beatMs, leaseMs }: LockPace): HeldLock {
  const lost = new AbortController();
  let record = taken;
  let heardAt = Date.now();
  let beating: Promise<void> = Promise.resolve();

  async function beat(): Promise<void> {
    if (lost.signal.aborted) {
      return;
    }
    const next = { ...record, beat: record.beat + 1 };
    try {
      // An answer that was lost leaves the record one beat ahead of what is known of it.
      const written = (await store.write(next, record)) ? next : await store.read();
      if (written?.owner === record.owner) {
        record = written;
        heardAt = Date.now();
        return;
      }
    } catch {
      if (Date.now() - heardAt < leaseMs) {
        return;
      }
    }
    lost.abort(takenOver());
  }

  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, beatMs);
  timer.unref();
  return {
    lost: lost.signal,
    async confirm() {
      beating = beating.then(beat);
      await beating;
      lost.signal.throwIfAborted();
    },
    async release() {
      clearInterval(timer);
      await beating;
      await store.remove(record.owner);
    },
  };
}

function locked({ user, host, pid, since }: LockHolder): RowstreamError {
  return new RowstreamError(
    "StackLocked",
    "user",
    `another run is at work on this stack: that of ${user}@${host} (pid ${pid}) since ${since}`,
    { remedy: "wait for it to end, then run the same command again" },
  );
}

function takenOver(): RowstreamError {
  return new RowstreamError(
    "StackLocked",
    "user",
    "another run has taken this stack over, because this one had not been heard of",
    { remedy: "wait for the other run to end, then run the same command again" },
  );
}

/** The lock as an item of the table that keeps the initial load's progress. */
function lockItem(client: DynamoDBClient, TableName: string): LockStore {
  const Key = { tableName: { S: RUN_LOCK_KEY } };
  const conditional = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw error;
    }
  };
  return {
    async read() {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item && recordOf(Item);
    },
    write({ owner, beat, holder }, seen) {
      const Item = {
        ...Key,
        owner: { S: owner },
        beat: { N: String(beat) },
        user: { S: holder.user },
        host: { S: holder.host },
        pid: { N: String(holder.pid) },
        since: { S: holder.since },
      };
      const condition =
        seen === undefined
          ? { ConditionExpression: "attribute_not_exists(tableName)" }
          : {
              ConditionExpression: "#owner = :owner AND beat = :beat",
              ExpressionAttributeNames: { "#owner": "owner" },
              ExpressionAttributeValues: { ":owner": { S: seen.owner }, ":beat": { N: String(seen.beat) } },
            };
      return conditional(() => client.send(new PutItemCommand({ TableName, Item, ...condition })));
    },
    async remove(owner) {
      const command = new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: "#owner = :owner",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": { S: owner } },
      });
      await conditional(() => client.send(command));
    },
  };
}

function recordOf({ owner, beat, user, host, pid, since }: Record<string, AttributeValue>): LockRecord {
  const holder = {
    user: user?.S ?? "",
    host: host?.S ?? "",
    pid: Number(pid?.N),
    since: since?.S ?? "",
  };
  return { owner: owner?.S ?? "", beat: Number(beat?.N), holder };
}
