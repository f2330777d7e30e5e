import type { TableStatus } from "../../../../automation/status/pipelineStatus";
import type { ReadMapping, TableFacts } from "../../../../automation/status/tableStatus";
import type { TableStatistic } from "../../../../automation/tableMatch";
import type { ReplicatedTable } from "../../../../components/replicatedTable";

/** A table of the stack. */
export function adopted(table: string): ReplicatedTable {
  return { schema: "public", table, tableName: table, partitionKey: { name: "id", type: "N" } };
}

/** DMS's figures of a table that is loaded. */
export function statistic(table: string, changes: Partial<TableStatistic> = {}): TableStatistic {
  return { schema: "public", table, state: "Table completed", rows: 10, ...changes };
}

/** A mapping that is as it should be. */
export function mapping(table: string, changes: Partial<ReadMapping> = {}): ReadMapping {
  return {
    uuid: `mapping-of-${table}`,
    streamArn: `arn:${table}`,
    state: "Enabled",
    lastResult: "OK",
    ...changes,
  };
}

/** One adopted table, "orders", with which nothing is wrong. */
export function goodFacts(changes: Partial<TableFacts> = {}): TableFacts {
  return {
    adopted: [adopted("orders")],
    recordedStreams: { orders: "arn:orders" },
    statistics: [statistic("orders")],
    reasonOf: () => undefined,
    dynamoTables: new Set(["orders"]),
    streams: new Map([["orders", "arn:orders"]]),
    mappings: [mapping("orders")],
    failedBatches: new Map(),
    lastEvents: new Map(),
    ...changes,
  };
}

/** A table of a status, with which nothing is wrong. */
export function flowing(changes: Partial<TableStatus> = {}): TableStatus {
  return {
    schema: "public",
    table: "orders",
    tableName: "orders",
    state: "flowing",
    dmsState: "Table completed",
    rowsLoaded: 10,
    mapping: { uuid: "mapping-of-orders", state: "Enabled", lastResult: "OK" },
    ...changes,
  };
}
