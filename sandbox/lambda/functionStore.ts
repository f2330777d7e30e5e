import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiError } from "./apiError";
import type { FunctionRecord } from "./functionRecord";
import { readJsonFile, writeJsonFile } from "./jsonFile";
import { unzip } from "./runtime/unzip";

/** What a stored zip is known by. */
export interface StoredCode {
  codeHash: string;
  /** Base64, as the API shows it. */
  CodeSha256: string;
  CodeSize: number;
}

/** The functions, one folder each: `function.json`, its zip and its unpacked code. */
export class FunctionStore {
  private readonly records = new Map<string, FunctionRecord>();

  constructor(private readonly directory: string) {
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      const record = readJsonFile<FunctionRecord>(this.path(name, "function.json"));
      if (record !== undefined) {
        // Killed between the answer and the end of an update: the code is in place, so the update is done.
        record.configuration.State = "Active";
        record.configuration.LastUpdateStatus = "Successful";
        this.records.set(name, record);
      }
    }
  }

  /** All functions, by name. */
  list(): FunctionRecord[] {
    return [...this.records.values()].sort((a, b) =>
      a.configuration.FunctionName < b.configuration.FunctionName ? -1 : 1,
    );
  }

  find(name: string): FunctionRecord | undefined {
    return this.records.get(name);
  }

  /** @throws ApiError ResourceNotFoundException */
  get(name: string, region: string): FunctionRecord {
    const record = this.find(name);
    if (record === undefined) {
      throw new ApiError(
        "ResourceNotFoundException",
        `Function not found: arn:aws:lambda:${region}:000000000000:function:${name}`,
      );
    }
    return record;
  }

  /** Keeps a new state of a function, under a new revision id. */
  save(record: FunctionRecord): void {
    record.configuration.RevisionId = randomUUID();
    this.records.set(record.configuration.FunctionName, record);
    writeJsonFile(this.path(record.configuration.FunctionName, "function.json"), record);
  }

  /** Forgets a function and its code. */
  delete(name: string): void {
    this.records.delete(name);
    rmSync(this.path(name), { recursive: true, force: true });
  }

  /** Keeps a zip and its unpacked form. @throws ApiError where it cannot be unpacked */
  async storeCode(name: string, archive: Buffer): Promise<StoredCode> {
    const digest = createHash("sha256").update(archive).digest();
    const codeHash = digest.toString("hex");
    const zip = this.path(name, `${codeHash}.zip`);
    await mkdir(this.path(name), { recursive: true });
    await writeFile(`${zip}.next`, archive);
    await rename(`${zip}.next`, zip);
    if (!existsSync(this.path(name, codeHash))) {
      await unzip(archive, this.path(name, codeHash));
    }
    return { codeHash, CodeSha256: digest.toString("base64"), CodeSize: archive.length };
  }

  /** Removes the code that the function no longer has; processes that still run it have loaded it. */
  async pruneCode(record: FunctionRecord): Promise<void> {
    const keep = new Set(["function.json", record.codeHash, `${record.codeHash}.zip`]);
    const name = record.configuration.FunctionName;
    for (const entry of readdirSync(this.path(name))) {
      if (!keep.has(entry)) {
        await rm(this.path(name, entry), { recursive: true, force: true });
      }
    }
  }

  /** The folder that the function's handler runs in. */
  taskRoot(record: FunctionRecord): string {
    return this.path(record.configuration.FunctionName, record.codeHash);
  }

  /** The deployed zip, byte for byte. */
  readZip(record: FunctionRecord): Promise<Buffer> {
    return readFile(this.path(record.configuration.FunctionName, `${record.codeHash}.zip`));
  }

  private path(name: string, ...rest: string[]): string {
    return join(this.directory, name, ...rest);
  }
}
