import type { ReplicatedTable } from "../components/replicatedTable";
import { isControlTable } from "../functions/controlTable";
import type { SkippedTable } from "./events";

/** One line of DMS's table statistics, as far as discovery needs it. */
export interface TableStatistic {
  schema: string;
  table: string;
  /** DMS's table state: `Before load`, `Full load`, `Table completed`, `Table error` … */
  state: string;
  /** Rows loaded by the full load. */
  rows: number;
  /** Rows that the full load could not write; undefined for none. */
  failedRows?: number | undefined;
  /** Inserts since that DMS has counted; undefined for none. */
  inserts?: number | undefined;
  /** Changes since that DMS has applied to the DynamoDB table; undefined where DMS does not say. */
  applied?: AppliedChanges | undefined;
  /** When the last load of it ended; undefined before the first has. */
  loadedAt?: Date | undefined;
  /** When DMS last updated these figures. */
  updatedAt?: Date | undefined;
}

/** Changes of one table, by their kind. */
export interface AppliedChanges {
  inserts: number;
  updates: number;
  deletes: number;
}

/** What is known when the matching begins. */
export interface MatchInput {
  statistics: readonly TableStatistic[];
  /** The tables in the stack, with the names they were matched to before. */
  known: readonly ReplicatedTable[];
  /** DynamoDB names that object mappings fix, by `schema.table`. */
  targetNames: Readonly<Record<string, string>>;
  /** The DynamoDB tables of the account and region. */
  dynamoTables: ReadonlySet<string>;
  /** DMS's own words on why a table is in error, where its log has any. */
  reasonOf?: (schema: string, table: string) => string | undefined;
}

/** A SQL table and the DynamoDB table DMS made of it. */
export interface MatchedTable {
  schema: string;
  table: string;
  tableName: string;
}

/** Every SQL table of the statistics ends up in exactly one of these lists. */
export interface MatchResult {
  /** Known tables whose DynamoDB table is there. */
  kept: ReplicatedTable[];
  /** Known tables whose DynamoDB table is gone. */
  gone: ReplicatedTable[];
  /** Loaded tables that were not known. */
  found: MatchedTable[];
  skipped: SkippedTable[];
  /** Loaded tables for which no DynamoDB table was found. */
  unmatched: { schema: string; table: string; tried: string[] }[];
  /** DynamoDB tables that more than one SQL table leads to. */
  clashes: { tableName: string; sources: string[] }[];
}

/**
 * The names DMS could give a table that no object mapping names. Its documentation does not say which it is
 * (AWS DMS user guide, CHAP_Target.DynamoDB), so the tables themselves decide.
 */
const NAMINGS: readonly ((schema: string, table: string) => string)[] = [
  (_schema, table) => table,
  (schema, table) => `${schema}_${table}`,
  (schema, table) => `${schema}.${table}`,
];

/** `schema.table`: how a SQL table is written in configuration, outputs and messages. */
export function qualifiedName(table: { schema: string; table: string }): string {
  return `${table.schema}.${table.table}`;
}

/** Orders tables by schema, then by name; independent of the machine's locale. */
export function byName<T extends { schema: string; table: string }>(a: T, b: T): number {
  return compare(a.schema, b.schema) || compare(a.table, b.table);
}

/** Sets DMS's table statistics against DynamoDB's tables. Pure. */
export function matchTables(input: MatchInput): MatchResult {
  const dynamoTables = new Set([...input.dynamoTables].filter((name) => !isControlTable(name)));
  const knownNames = new Set(input.known.map(qualifiedName));
  const result: MatchResult = { kept: [], gone: [], found: [], skipped: [], unmatched: [], clashes: [] };
  for (const table of input.known) {
    (dynamoTables.has(table.tableName) ? result.kept : result.gone).push(table);
  }

  const candidates: TableStatistic[] = [];
  for (const statistic of input.statistics) {
    if (isControlTable(statistic.table)) {
      continue;
    }
    const skipped = skip(statistic, input.reasonOf);
    if (skipped) {
      result.skipped.push(skipped);
    } else if (!knownNames.has(qualifiedName(statistic))) {
      candidates.push(statistic);
    }
  }

  const names = resolveNames(candidates, input, dynamoTables);
  for (const candidate of candidates) {
    const tableName = names.get(candidate);
    if (tableName === undefined) {
      result.unmatched.push({ ...identity(candidate), tried: namesToTry(candidate, input.targetNames) });
    } else {
      result.found.push({ ...identity(candidate), tableName });
    }
  }
  result.clashes = clashes([...result.kept, ...result.found]);
  for (const list of [result.kept, result.gone, result.found, result.skipped, result.unmatched]) {
    list.sort(byName);
  }
  return result;
}

function skip(statistic: TableStatistic, reasonOf: MatchInput["reasonOf"]): SkippedTable | undefined {
  const { state } = statistic;
  switch (state.toLowerCase()) {
    case "table completed":
      return undefined;
    case "table error":
    case "table cancelled":
    case "table does not exist": {
      const reason = reasonOf?.(statistic.schema, statistic.table) ?? `DMS reports "${state}"`;
      return { ...identity(statistic), reason, pending: false };
    }
    default:
      return { ...identity(statistic), reason: `DMS reports "${state}"`, pending: true };
  }
}

/**
 * Gives each candidate the name of a DynamoDB table. DMS names all tables by one rule, so the rule that explains
 * most of them goes first; only what it leaves over may take a name that is still free under another.
 */
function resolveNames(
  candidates: readonly TableStatistic[],
  input: MatchInput,
  dynamoTables: ReadonlySet<string>,
): Map<TableStatistic, string> {
  const names = new Map<TableStatistic, string>();
  const free: TableStatistic[] = [];
  for (const candidate of candidates) {
    const fixed = input.targetNames[qualifiedName(candidate)];
    if (fixed === undefined) {
      free.push(candidate);
    } else if (dynamoTables.has(fixed)) {
      names.set(candidate, fixed);
    }
  }

  const byRule = [...input.known, ...free].filter((table) => !(qualifiedName(table) in input.targetNames));
  const namings = [...NAMINGS].sort((a, b) => explained(b) - explained(a));
  function explained(naming: (schema: string, table: string) => string): number {
    const hits = byRule.map((table) => naming(table.schema, table.table));
    return new Set(hits.filter((name) => dynamoTables.has(name))).size;
  }

  const taken = new Set(input.known.map((table) => table.tableName));
  for (const [rank, naming] of namings.entries()) {
    for (const candidate of free.filter((table) => !names.has(table))) {
      const name = naming(candidate.schema, candidate.table);
      if (dynamoTables.has(name) && (rank === 0 || !taken.has(name))) {
        names.set(candidate, name);
      }
    }
    for (const name of names.values()) {
      taken.add(name);
    }
  }
  return names;
}

function namesToTry(table: TableStatistic, targetNames: Readonly<Record<string, string>>): string[] {
  const fixed = targetNames[qualifiedName(table)];
  return fixed === undefined ? NAMINGS.map((naming) => naming(table.schema, table.table)) : [fixed];
}

function clashes(tables: readonly MatchedTable[]): MatchResult["clashes"] {
  const sources = new Map<string, string[]>();
  for (const table of tables) {
    sources.set(table.tableName, [...(sources.get(table.tableName) ?? []), qualifiedName(table)]);
  }
  return [...sources]
    .filter(([, names]) => names.length > 1)
    .map(([tableName, names]) => ({ tableName, sources: names.sort(compare) }))
    .sort((a, b) => compare(a.tableName, b.tableName));
}

function identity(table: TableStatistic): { schema: string; table: string } {
  return { schema: table.schema, table: table.table };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
