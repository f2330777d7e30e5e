import { messageOf } from "../log";
import { Backoff, pause } from "./pause";
import { type ShardOptions, ShardWorker } from "./shardWorker";
import type { Position, Shard } from "./streamSource";

/** How often new shards are looked for; also at once when a shard ends. In milliseconds. */
const DISCOVERY_MS = 10_000;

/** Discovers the shards of a mapping's stream and has each read, parents to their end before their children. */
export class MappingWorker {
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private readonly trouble = new Backoff(100, 5_000);
  private loop: Promise<void> | undefined;
  private wake = new AbortController();

  constructor(private readonly options: ShardOptions) {}

  /** Begins; resolves after the first look at the stream, whether or not it could be read. */
  start(): Promise<void> {
    return new Promise((looked) => {
      this.loop = this.run(looked);
    });
  }

  /** Ends: invocations under way are waited for, the rest is left to the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.abort();
    await this.loop;
    await Promise.all(this.running.values());
  }

  private async run(looked: () => void): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wake = new AbortController();
      let wait = DISCOVERY_MS;
      try {
        await this.discover();
        this.trouble.reset();
      } catch (error) {
        this.options.report(`PROBLEM: ${this.options.source.kind} cannot be read: ${messageOf(error)}`);
        wait = this.trouble.next();
      }
      looked();
      await pause(this.stopping.signal.aborted ? 0 : wait, this.wake.signal);
    }
  }

  private async discover(): Promise<void> {
    const { source, checkpoints, report } = this.options;
    const { shards, enabled } = await source.listShards();
    const begun = checkpoints.begun;
    const known = new Set(shards.map((shard) => shard.shardId));
    const finished = (shardId: string) => !known.has(shardId) || checkpoints.read(shardId).finished === true;
    for (const shard of shards) {
      if (!begun && shard.closed && this.options.start.type === "LATEST") {
        checkpoints.write(shard.shardId, { finished: true });
      }
    }
    for (const shard of shards) {
      if (!finished(shard.shardId) && shard.parents.every(finished)) {
        this.begin(shard, begun);
      }
    }
    if (!enabled && shards.every((shard) => finished(shard.shardId))) {
      report(`PROBLEM: ${source.kind} is disabled and has been read to its end`);
    }
  }

  private begin(shard: Shard, begun: boolean): void {
    const { shardId } = shard;
    if (this.running.has(shardId) || this.stopping.signal.aborted) {
      return;
    }
    // Shards that appear while the mapping reads are read whole: they hold what came after.
    const start: Position =
      begun && this.options.start.type === "LATEST" ? { type: "TRIM_HORIZON" } : this.options.start;
    const work = new ShardWorker(shardId, { ...this.options, start }).run(this.stopping.signal).then(
      () => this.wake.abort(),
      (error: unknown) => {
        // Tried again with the next look at the stream.
        this.options.log("error", `shard ${shardId} failed: ${messageOf(error)}`);
        this.options.report("PROBLEM: internal error, see the log of the sandbox");
      },
    );
    this.running.set(
      shardId,
      work.finally(() => this.running.delete(shardId)),
    );
  }
}
