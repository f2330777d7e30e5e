import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile, writeJsonFile } from "../jsonFile";

/** How far a mapping has come on one shard. */
export interface Checkpoint {
  /** The last record that is done, all before it included; absent while none is. */
  sequenceNumber?: string;
  /**
   * The last record that each lane is done with, where that is ahead of the others. Of no use once the number of
   * lanes has changed: then what is behind `sequenceNumber` is delivered again.
   */
  lanes?: (string | null)[];
  /** When reading began at LATEST, in milliseconds since 1970; what came before is not delivered. */
  latestSince?: number;
  /** Set once the shard is closed and read to its end. */
  finished?: true;
}

/** The checkpoints of one mapping, a file a shard, each replaced in one step. */
export class CheckpointStore {
  constructor(private readonly directory: string) {}

  read(shardId: string): Checkpoint {
    return readJsonFile<Checkpoint>(this.path(shardId)) ?? {};
  }

  write(shardId: string, checkpoint: Checkpoint): void {
    writeJsonFile(this.path(shardId), checkpoint);
  }

  /** Whether any shard has been begun. */
  get begun(): boolean {
    return existsSync(this.directory) && readdirSync(this.directory).some((name) => name.endsWith(".json"));
  }

  private path(shardId: string): string {
    return join(this.directory, `${shardId}.json`);
  }
}
