import { isControlTable } from "./controlTable";

/** A table that the stack has adopted. */
export interface InspectedTable {
  schema: string;
  table: string;
  /** Its name in DynamoDB. */
  tableName: string;
}

/** A line of DMS's table statistics. */
export interface TableState {
  schema: string;
  table: string;
  /** DMS's own word, e.g. `Table completed`. */
  state: string;
}

/** An event source mapping of the fan-in. */
export interface MappingState {
  /** The ARN of the table's stream. */
  streamArn: string;
  /** Lambda's own word, e.g. `Enabled`. */
  state: string;
  /** What Lambda says of the last batch: `OK`, `No records processed`, `PROBLEM: …`. */
  lastResult: string;
}

/** What is known of the tables. */
export interface Evidence {
  /** The tables that the stack has adopted. */
  adopted: readonly InspectedTable[];
  /** DMS's statistics; tables of which it has none are not in them. */
  statistics: readonly TableState[];
  /** The ARN of each adopted table's stream, by the table's name in DynamoDB; absent where its stream is off. */
  streams: ReadonlyMap<string, string>;
  mappings: readonly MappingState[];
}

/** The tables that something is wrong with, as `schema.table`, sorted. */
export interface Inspection {
  /** Adopted tables that DMS has given up: their changes stay in the source. */
  suspended: string[];
  /** Tables that DMS replicates and whose changes become no events: not adopted, or without a stream or a mapping. */
  unfed: string[];
}

/** The metrics that the inspector writes, by what they count. */
export const INSPECTOR_METRICS = {
  /** 1 while the replication does not run, else 0. */
  stopped: "ReplicationStopped",
  /** Adopted tables that DMS has given up. */
  suspended: "SuspendedTables",
  /** Tables that DMS replicates and whose changes become no events. */
  unfed: "UnfedTables",
  /** Objects in the failure bucket that nobody has dealt with. */
  failures: "FailureObjects",
} as const;

/** States in which DMS does nothing more for a table (AWS DMS user guide, CHAP_Monitoring, table states). */
const GIVEN_UP = new Set(["table error", "table cancelled", "table does not exist"]);

/** States in which a mapping reads its stream, or is about to. */
const READING = new Set(["Creating", "Enabling", "Enabled", "Updating"]);

/** Whether DMS has given up on a table of this state. */
export function isGivenUp(state: string): boolean {
  return GIVEN_UP.has(state.toLowerCase());
}

/** Sets what DMS says of the tables against what feeds them. Pure. */
export function inspect({ adopted, statistics, streams, mappings }: Evidence): Inspection {
  const known = new Set(adopted.map(nameOf));
  const read = new Set(mappings.filter(reads).map(({ streamArn }) => streamArn));
  const isFed = ({ tableName }: InspectedTable) => read.has(streams.get(tableName) ?? "");
  const replicated = statistics.filter(({ table }) => !isControlTable(table));
  return {
    suspended: replicated
      .filter((one) => known.has(nameOf(one)) && isGivenUp(one.state))
      .map(nameOf)
      .sort(),
    unfed: [
      ...adopted.filter((table) => !isFed(table)).map(nameOf),
      ...replicated
        .filter((one) => !known.has(nameOf(one)) && one.state.toLowerCase() === "table completed")
        .map(nameOf),
    ].sort(),
  };
}

/** A mapping whose function fails reads on once that is mended, and has alarms of its own. */
function reads({ state, lastResult }: MappingState): boolean {
  const stuck = lastResult.startsWith("PROBLEM") && !/function call failed/i.test(lastResult);
  return READING.has(state) && !stuck;
}

function nameOf({ schema, table }: { schema: string; table: string }): string {
  return `${schema}.${table}`;
}
