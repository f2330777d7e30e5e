import type { SourceConnection } from "../source/sourceConnection";
import type { Finding } from "./finding";
import type { Plan } from "./plan";
import type { ColumnFacts, SourceFacts, TableFacts } from "./sourceFacts";

/** A row of a catalogue query, as the engine's driver gives it. */
export type CatalogueRow = Record<string, unknown>;

/** A connection that catalogue queries run on. Recorded answers can stand in for it. */
export interface CatalogueClient {
  /** @param values the query's parameters, in the engine's own notation */
  query<Row extends CatalogueRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * What becomes of a column, by what DMS makes of its type (docs/what-dms-does.md).
 *
 * - `kept`: its values arrive. `lost`: they do not. `stale`: those that a row is made with do, and no later ones.
 * - `rounded`: they lose digits. `retyped`: they arrive whole, in another form.
 * - `undocumented`: AWS does not say.
 */
export type ColumnFate =
  | { kind: "kept" }
  | { kind: "lost" | "undocumented"; reason: string; remedy?: string }
  | { kind: "rounded" | "retyped" | "stale"; reason: string; remedy: string };

/** Rows written so far, by `schema.table`, since the server began to count. */
export type WriteCounts = ReadonlyMap<string, number>;

/** What the counters say at one moment. */
export interface WriteReading {
  counts: WriteCounts;
  /** For how long they have counted, all or each by `schema.table`; undefined where the server does not say. */
  seconds?: number | ReadonlyMap<string, number>;
}

/**
 * A database engine as the doctor sees it. The first half asks the database and turns its answers into facts; the
 * second turns facts into findings and asks nobody. Its queries are constants in one file (`<engine>/queries.ts`), so
 * that recorded answers can stand in for a server. What is the same for all engines (keys, names, sizes, rates) is in
 * `rules/`.
 *
 * @typeParam Server the facts of the server itself: settings, privileges, versions.
 */
export interface DoctorEngine<Server> {
  /** Loads the driver and connects. Reads only. @throws Error of the driver, which may not show the password */
  open(connection: SourceConnection): Promise<CatalogueClient>;
  readServer(client: CatalogueClient, plan: Plan): Promise<Server>;
  /** Every table of the users' own schemas; the caller keeps those that the plan selects. */
  readTables(client: CatalogueClient, server: Server): Promise<TableFacts[]>;
  /** The counters of the server's statistics; undefined where it keeps none, or the user may not see them. */
  readWrites(client: CatalogueClient): Promise<WriteReading | undefined>;
  /**
   * The largest row of a table in bytes, by a look that is bounded in rows and time; undefined where none is needed or
   * possible.
   */
  largestRow?(client: CatalogueClient, table: TableFacts): Promise<number | undefined>;
  /** What the server and its tables lack for change data capture. */
  prerequisites(facts: SourceFacts<Server>, plan: Plan): Finding[];
  columnFate(column: ColumnFacts, plan: Plan): ColumnFate;
}
