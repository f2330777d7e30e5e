import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import type { ReplicatedTable } from "../../components/replicatedTable";
import { DEFAULT_FORMAT, type EventFormat } from "../../functions/formats/format";
import { readSourcesDocument, type SourcesDocument, type TableDocument } from "../../functions/sources";
import { RowstreamError } from "../errors";
import { configObject } from "../source/configuredSource";
import { familyOf } from "../source/sourceConnection";
import { qualifiedName } from "../tableMatch";
import { requireOutputs } from "../tables";
import type { Item } from "../verify/rowKey";
import { openSource } from "../verify/verify";
import type { VerifySource } from "../verify/verifySource";
import { openStack, type WorkspaceOptions } from "../workspace";
import { type BooleanKind, idleMasks, type RowType, rowTypeOfItems, rowTypeOfSource } from "./rowType";

/** Options of `describeRows`. */
export interface DescribeRowsOptions extends WorkspaceOptions {
  /** The source's URL. Default: the source that the stack's configuration names, with the password there. */
  sourceUrl?: string;
  /**
   * Where the rows are read: `source`, its catalogue; `items`, a sample of each DynamoDB table; `either`, the source
   * where it can be reached. Default: `either`.
   */
  from?: "source" | "items" | "either";
}

/** The rows of a pipeline's tables. */
export interface DescribedRows {
  /** The source's name and engine. */
  source: { name: string; engine: string };
  /** The format of the pipeline's events. */
  format: EventFormat;
  /** Those tables whose changes are events, sorted by schema and table. */
  tables: RowType[];
  /** What whoever goes by the types should know. */
  notes: string[];
}

/** Items of a table that are looked at where its definition cannot be. */
export const SAMPLE_ITEMS = 1000;

/**
 * Describes the rows of a stack's tables as its events have them: with DMS's conversions, and with the tables and
 * columns left out and masked that the stack's events leave out and mask.
 *
 * @throws RowstreamError `StackNotDeployed`; `TableNotMatched` where no table's changes are events; `SourceNotReadable`
 * where the source is wanted and cannot be read
 */
export async function describeRows(options: DescribeRowsOptions): Promise<DescribedRows> {
  const stack = await openStack(options);
  const [snapshot, configuration] = await Promise.all([stack.snapshot(), stack.configuration()]);
  const { region, tables, eventSources } = requireOutputs(stack.name, snapshot.outputs);
  const document = readSourcesDocument(eventSources);
  const published = tables.filter(({ tableName }) => document.tables[tableName]?.events !== false);
  if (published.length === 0) {
    throw new RowstreamError(
      "TableNotMatched",
      "user",
      `stack "${stack.name}" has no table whose changes are events`,
      {
        remedy: "run `rowstream up` first, and see rowstream:events.tables",
      },
    );
  }
  const notes: string[] = [];
  const source = await sourceIfWanted(options, configuration, notes);
  const client = new DynamoDBClient({ region });
  const described: RowType[] = [];
  try {
    for (const table of published) {
      const masks = document.tables[table.tableName] ?? table;
      const row =
        (await fromSource(table, source, masks, booleansOf(document, configuration))) ??
        rowTypeOfItems(table, await sample(client, table.tableName), masks);
      described.push(row);
      notes.push(...notesOf(row, masks, source !== undefined));
    }
  } finally {
    await source?.close();
  }
  return {
    source: { name: document.name, engine: document.engine },
    format: document.format ?? DEFAULT_FORMAT,
    tables: described,
    notes,
  };
}

async function fromSource(
  table: ReplicatedTable,
  source: VerifySource | undefined,
  document: TableDocument,
  booleans: BooleanKind,
): Promise<RowType | undefined> {
  const described = await source?.describe(table.schema, table.table);
  return described && rowTypeOfSource(table, described, booleans, document);
}

async function sourceIfWanted(
  { from = "either", sourceUrl }: DescribeRowsOptions,
  configuration: Record<string, string>,
  notes: string[],
): Promise<VerifySource | undefined> {
  if (from === "items") {
    return undefined;
  }
  try {
    return await openSource(sourceUrl, configuration);
  } catch (error) {
    if (from === "source" || sourceUrl !== undefined || !RowstreamError.is(error)) {
      throw error;
    }
    notes.push(
      `${error.message}: the types come from a sample of the tables' items, and every column is optional`,
    );
    return undefined;
  }
}

/** PostgreSQL's booleans are texts to DMS unless the endpoint says otherwise (AWS DMS API, PostgreSQLSettings). */
function booleansOf({ engine }: SourcesDocument, configuration: Record<string, string>): BooleanKind {
  const { settings = {} } = configObject<{ settings: Record<string, unknown> }>(configuration, "source");
  const asText = familyOf(engine as Parameters<typeof familyOf>[0]) === "postgres";
  return asText && String(settings.mapBooleanAsBoolean) !== "true" ? "flag" : "boolean";
}

async function sample(client: DynamoDBClient, tableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName, Limit: SAMPLE_ITEMS })) {
    items.push(...(page.Items ?? []));
    if (items.length >= SAMPLE_ITEMS) {
      break;
    }
  }
  return items.slice(0, SAMPLE_ITEMS);
}

function notesOf(row: RowType, document: TableDocument, sourceIsOpen: boolean): string[] {
  const name = qualifiedName(row);
  const notes = idleMasks(row, document).map(
    (column) =>
      `${name} has no column "${column}", which rowstream:events.columns masks: if another name is meant, its values are in the clear`,
  );
  if (row.from === "items" && sourceIsOpen) {
    notes.push(`${name} is not in the source any more: its types come from a sample of its items`);
  }
  return notes;
}
