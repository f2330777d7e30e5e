import { EVENT_FORMATS } from "../../functions/formats/format";
import { COLUMN_MASKS } from "../../functions/mask";
import { arnPattern, checkMatch, checkOneOf, isLater, shown } from "../checks";
import { Faults } from "../faults";
import type { ReplicatedTable } from "../replicatedTable";
import { parseTablePattern } from "../replication/tablePattern";
import type { EventOptions } from "./events";
import { lostKeyColumns } from "./tableEvents";

/** A shorter key could be found by trying: HMAC-SHA-256 has 32 bytes of its own (RFC 2104, section 3). */
export const MIN_HASH_KEY_LENGTH = 32;

/** What the check of the events needs to know of the tables. */
export interface EventTables {
  /** The tables whose streams are read, as far as they are known. */
  replicatedTables: readonly ReplicatedTable[];
  /** The key columns of tables with explicit keys, by `schema.table`. */
  keys: Readonly<Record<string, readonly string[]>>;
}

/** Checks what the events shall be like. No message shows the key of the hashes. */
export function checkEvents(events: EventOptions, tables: EventTables, prefix = ""): Faults {
  const faults = new Faults(prefix);
  checkOneOf(faults, "format", events.format, EVENT_FORMATS);
  checkPatterns(faults, "tables.include", events.tables?.include ?? []);
  checkPatterns(faults, "tables.exclude", events.tables?.exclude ?? []);
  checkPatterns(faults, "columns", Object.keys(events.columns ?? {}));
  for (const [pattern, masks] of Object.entries(events.columns ?? {})) {
    for (const [column, mask] of Object.entries(masks)) {
      checkOneOf(faults, `columns["${pattern}"].${column}`, mask, COLUMN_MASKS);
    }
  }
  checkKeyColumns(faults, events, tables);
  checkHashKey(faults, events);
  return faults;
}

/** Whether a column of some table is to be hashed. */
export function hashesColumns({ columns = {} }: EventOptions): boolean {
  return Object.values(columns).some((masks) => Object.values(masks).includes("hash"));
}

function checkPatterns(faults: Faults, path: string, patterns: readonly string[]): void {
  for (const pattern of patterns) {
    if (parseTablePattern(pattern) === undefined) {
      faults.add(path, `${shown(pattern)} is no table pattern; give schema.table, such as "public.%"`);
    }
  }
}

function checkKeyColumns(
  faults: Faults,
  events: EventOptions,
  { replicatedTables, keys }: EventTables,
): void {
  const explicit = Object.keys(keys).flatMap((name) => parseTablePattern(name) ?? []);
  const discovered = replicatedTables.filter(({ schema, table }) => keys[`${schema}.${table}`] === undefined);
  for (const table of [...explicit, ...discovered]) {
    const name = `${table.schema}.${table.table}`;
    for (const { column, mask } of lostKeyColumns(table, events, keys[name])) {
      faults.add(
        "columns",
        `"${column}" of ${name} is to be ${mask === "drop" ? "dropped" : "redacted"} and is of its key, which tells rows apart and keeps their order; hash it, or leave it as it is`,
      );
    }
  }
}

function checkHashKey(faults: Faults, events: EventOptions): void {
  const { hashKey, hashSecret } = events;
  const remedy = "give hashKey, a random text that stays the same (or hashSecret, a secret that holds one)";
  if (hashSecret !== undefined) {
    checkMatch(faults, "hashSecret.arn", hashSecret.arn, arnPattern("secretsmanager"), "the ARN of a secret");
    if (hashKey !== undefined) faults.add("hashSecret", "is given with hashKey; give one of them");
  } else if (hashKey === undefined) {
    if (hashesColumns(events)) faults.add("hashKey", `is missing, and columns are hashed; ${remedy}`);
  } else if (!isLater(hashKey) && String(hashKey).length < MIN_HASH_KEY_LENGTH) {
    faults.add(
      "hashKey",
      `has ${String(hashKey).length} characters; give at least ${MIN_HASH_KEY_LENGTH}, at random: openssl rand -hex 32`,
    );
  }
}
