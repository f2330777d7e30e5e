import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile, writeJsonFile } from "../jsonFile";
import { CheckpointStore } from "./checkpointStore";
import type { MappingRecord } from "./mappingRecord";

/** The event source mappings, one folder each: `mapping.json` and its checkpoints. */
export class MappingStore {
  private readonly records = new Map<string, MappingRecord>();

  constructor(private readonly directory: string) {
    for (const uuid of existsSync(directory) ? readdirSync(directory) : []) {
      const record = readJsonFile<MappingRecord>(join(directory, uuid, "mapping.json"));
      if (record !== undefined) {
        this.records.set(uuid, record);
      }
    }
  }

  /** All mappings, oldest first. */
  list(): MappingRecord[] {
    return [...this.records.values()].sort(
      (a, b) => a.createdAt - b.createdAt || (a.configuration.UUID < b.configuration.UUID ? -1 : 1),
    );
  }

  find(uuid: string): MappingRecord | undefined {
    return this.records.get(uuid);
  }

  save(record: MappingRecord): void {
    this.records.set(record.configuration.UUID, record);
    writeJsonFile(join(this.directory, record.configuration.UUID, "mapping.json"), record);
  }

  /** Forgets a mapping and how far it came. */
  delete(uuid: string): void {
    this.records.delete(uuid);
    rmSync(join(this.directory, uuid), { recursive: true, force: true });
  }

  checkpoints(uuid: string): CheckpointStore {
    return new CheckpointStore(join(this.directory, uuid, "shards"));
  }
}
