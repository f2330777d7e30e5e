import type { ReplicatedTable } from "../../components/replicatedTable";
import { isControlTable } from "../../functions/controlTable";
import { isGivenUp } from "../../functions/inspection";
import { byName, qualifiedName, type TableStatistic } from "../tableMatch";
import type { MappingStatus, StatusCode, StatusFinding, TableState, TableStatus } from "./pipelineStatus";

/** An event source mapping, with the stream that it reads. */
export interface ReadMapping extends MappingStatus {
  streamArn: string;
}

/** What the status of the tables is read from. */
export interface TableFacts {
  /** The tables of the stack. */
  adopted: readonly ReplicatedTable[];
  /** The streams that the stack's last update left, by the table's name in DynamoDB. */
  recordedStreams: Readonly<Record<string, string>>;
  /** DMS's figures of the tables. */
  statistics: readonly TableStatistic[];
  /** What DMS's log says of a table. */
  reasonOf: (schema: string, table: string) => string | undefined;
  /** The DynamoDB tables of the account and region. */
  dynamoTables: ReadonlySet<string>;
  /** The streams that carry both images, by the table's name in DynamoDB. */
  streams: ReadonlyMap<string, string>;
  /** The fan-in's event source mappings. */
  mappings: readonly ReadMapping[];
  /** How many batches wait in the failure bucket, by the mapping's UUID. */
  failedBatches: ReadonlyMap<string, number>;
  /** When changes were last read to become events, by the table's name in DynamoDB. */
  lastEvents: ReadonlyMap<string, Date>;
}

/** The tables of a pipeline, and what is wrong with them. */
export interface TablesStatus {
  tables: TableStatus[];
  findings: StatusFinding[];
}

/** Something that is wrong with a table, with the state that it puts it in. */
interface Fault {
  state: TableState;
  code: StatusCode;
  severity?: "notice";
  reason: string;
  remedy?: string;
}

/** Where each table is on its way from the source to the change stream. Pure. */
export function tablesStatus(facts: TableFacts): TablesStatus {
  const statistics = new Map(
    facts.statistics
      .filter(({ table }) => !isControlTable(table))
      .map((statistic) => [qualifiedName(statistic), statistic]),
  );
  const adopted = new Map(facts.adopted.map((table) => [qualifiedName(table), table]));
  const tables: TableStatus[] = [];
  const findings: StatusFinding[] = [];
  const all = new Map<string, { schema: string; table: string }>([...statistics, ...adopted]);
  for (const [name, { schema, table }] of [...all].sort(([, a], [, b]) => byName(a, b))) {
    const statistic = statistics.get(name);
    const feed = adopted.get(name);
    const mapping = feed && mappingOf(feed, facts);
    const faults = feed
      ? adoptedFaults(feed, statistic, mapping, facts)
      : strangerFaults({ schema, table }, statistic, facts);
    const fault = faults[0];
    tables.push({
      schema,
      table,
      ...(feed && { tableName: feed.tableName }),
      state: fault?.state ?? (isLoading(statistic) ? "loading" : "flowing"),
      ...(fault && { reason: fault.reason }),
      ...(statistic && figures(statistic)),
      ...(feed && lastEvent(feed, facts)),
      ...(mapping && { mapping: mappingStatus(mapping) }),
      ...failedBatches(mapping, facts),
    });
    findings.push(
      ...[...faults, ...loadFaults(statistic)].map(({ code, severity, reason, remedy }) => ({
        code,
        severity: severity ?? ("problem" as const),
        table: name,
        text: reason,
        ...(remedy !== undefined && { remedy }),
      })),
    );
  }
  return { tables, findings };
}

function figures({ state, rows, failedRows = 0, applied, updatedAt }: TableStatistic): Partial<TableStatus> {
  return {
    dmsState: state,
    rowsLoaded: rows,
    ...(failedRows > 0 && { rowsNotLoaded: failedRows }),
    ...(applied && { applied }),
    ...(updatedAt && { lastUpdateAt: updatedAt.toISOString() }),
  };
}

function lastEvent({ tableName }: ReplicatedTable, { lastEvents }: TableFacts): Partial<TableStatus> {
  const at = lastEvents.get(tableName);
  return at === undefined ? {} : { lastEventAt: at.toISOString() };
}

/** Of a table that was off and on again there may be two mappings: the one of the stream that the stack knows. */
function mappingOf({ tableName }: ReplicatedTable, facts: TableFacts): ReadMapping | undefined {
  const streamArn = facts.recordedStreams[tableName];
  return facts.mappings.find((mapping) => mapping.streamArn === streamArn);
}

function mappingStatus({ uuid, state, lastResult }: ReadMapping): MappingStatus {
  return { uuid, state, ...(lastResult !== undefined && { lastResult }) };
}

function failedBatches(mapping: ReadMapping | undefined, facts: TableFacts): Partial<TableStatus> {
  const waiting = mapping && facts.failedBatches.get(mapping.uuid);
  return waiting === undefined ? {} : { failedBatches: waiting };
}

/** What is wrong with a table of the stack, the worst first. */
function adoptedFaults(
  table: ReplicatedTable,
  statistic: TableStatistic | undefined,
  mapping: ReadMapping | undefined,
  facts: TableFacts,
): Fault[] {
  const { tableName } = table;
  if (!facts.dynamoTables.has(tableName)) {
    return [
      {
        state: "gone",
        code: "TableGone",
        reason: `its DynamoDB table "${tableName}" is gone`,
        remedy: "run `rowstream up`, which lets go of it; to have it again, reload it",
      },
    ];
  }
  return [
    ...suspension(table, statistic, facts),
    ...streamFaults(tableName, facts),
    ...mappingFaults(mapping),
    ...(statistic === undefined && facts.statistics.length > 0
      ? [
          {
            state: "unknown" as const,
            code: "TableUnknownToDms" as const,
            severity: "notice" as const,
            reason: "DMS does not list it: it is selected no more, or gone from the source",
          },
        ]
      : []),
  ];
}

function suspension(
  table: ReplicatedTable,
  statistic: TableStatistic | undefined,
  { reasonOf }: TableFacts,
): Fault[] {
  if (statistic === undefined || !isGivenUp(statistic.state)) {
    return [];
  }
  return [
    {
      state: "suspended",
      code: "TableSuspended",
      reason: reasonOf(table.schema, table.table) ?? `DMS reports "${statistic.state}"`,
      remedy: `mend the cause, then run \`rowstream reload ${qualifiedName(table)}\``,
    },
  ];
}

function streamFaults(tableName: string, { recordedStreams, streams }: TableFacts): Fault[] {
  const recorded = recordedStreams[tableName];
  const now = streams.get(tableName);
  if (recorded !== undefined && recorded === now) {
    return [];
  }
  return [
    {
      state: "no-stream",
      code: "StreamOff",
      reason:
        now === undefined
          ? "its stream is off, or carries less than both images: its changes become no events"
          : "its stream was turned off and on again, and the new one is read by nothing",
      remedy: "run `rowstream up`, which turns it on and maps it",
    },
  ];
}

function mappingFaults(mapping: ReadMapping | undefined): Fault[] {
  if (mapping === undefined) {
    return [
      {
        state: "no-mapping",
        code: "MappingMissing",
        reason: "no event source mapping reads its stream",
        remedy: "run `rowstream refresh`, then `rowstream up`",
      },
    ];
  }
  const { uuid, state, lastResult = "" } = mapping;
  if (/^(Disabl|Delet)/.test(state)) {
    return [
      {
        state: "mapping-off",
        code: "MappingOff",
        reason: `its event source mapping is ${state.toLowerCase()}; what its stream holds is lost after 24 hours`,
        remedy: `enable it (aws lambda update-event-source-mapping --uuid ${uuid} --enabled)`,
      },
    ];
  }
  // Lambda's words: "OK", "No records processed", "PROBLEM: Function call failed" and other problems.
  return /problem|fail|error/i.test(lastResult)
    ? [
        {
          state: "mapping-failing",
          code: "MappingFails",
          reason: `its event source mapping says "${lastResult}"; it tries again`,
          remedy: "look at the fan-in's log",
        },
      ]
    : [];
}

/** What is wrong with a table that is not in the stack. */
function strangerFaults(
  name: { schema: string; table: string },
  statistic: TableStatistic | undefined,
  { reasonOf }: TableFacts,
): Fault[] {
  if (statistic === undefined || isLoading(statistic)) {
    return [];
  }
  if (isGivenUp(statistic.state)) {
    const reason = reasonOf(name.schema, name.table) ?? `DMS reports "${statistic.state}"`;
    return [{ state: "left-out", code: "TableLeftOut", severity: "notice", reason }];
  }
  return [
    {
      state: "not-adopted",
      code: "TableNotAdopted",
      reason: "it is loaded, and its changes become no events",
      remedy: "run `rowstream up`, which takes it in",
    },
  ];
}

function loadFaults(statistic: TableStatistic | undefined): Fault[] {
  const { failedRows = 0 } = statistic ?? {};
  return failedRows > 0 && statistic !== undefined
    ? [
        {
          state: "flowing",
          code: "RowsNotLoaded",
          reason: `${failedRows} rows could not be written by its full load`,
          remedy: `look at DMS's log, then run \`rowstream reload ${qualifiedName(statistic)}\``,
        },
      ]
    : [];
}

function isLoading(statistic: TableStatistic | undefined): boolean {
  return (
    statistic !== undefined &&
    statistic.state.toLowerCase() !== "table completed" &&
    !isGivenUp(statistic.state)
  );
}
