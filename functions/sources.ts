import type { WriteEvent } from "./change";
import type { ChangeSource } from "./changeEvent";
import { DEFAULT_FORMAT, EVENT_FORMATS, type EventFormat, eventWriter } from "./formats/format";

/** What the fan-in knows of a table. */
export interface SourceTable {
  /** Writes the table's events, in the format of the stack. */
  write: WriteEvent;
}

/** The tables that the fan-in knows, by their names in DynamoDB. */
export interface Sources {
  /**
   * A table.
   *
   * @throws Error when the table is not known: deliver the record again once the function knows it
   */
  table(tableName: string): SourceTable;
}

/** What {@link readSources} reads. */
export interface SourcesDocument {
  /** The source's name in the configuration. */
  name: string;
  /** The database engine as AWS DMS names it. */
  engine: string;
  /** The format of the events; `rowstream` where it is absent. */
  format?: EventFormat;
  /** The tables, by their names in DynamoDB. */
  tables: Record<string, Pick<ChangeSource, "schema" | "table">>;
}

/**
 * Reads the text that the stack gives the fan-in, a {@link SourcesDocument} as JSON:
 * `{"name": "shop", "engine": "postgres", "tables": {"<DynamoDB table>": {"schema": "public", "table": "orders"}}}`.
 *
 * @throws Error when it is not of that form
 */
export function readSources(text: string): Sources {
  const { name, engine, format = DEFAULT_FORMAT, tables } = parseSources(text);
  const known = new Map(
    Object.entries(tables).map(([tableName, { schema, table }]): [string, SourceTable] => [
      tableName,
      { write: eventWriter(format, { name, engine, schema, table }) },
    ]),
  );
  return {
    table(tableName) {
      const table = known.get(tableName);
      if (table === undefined) {
        throw new Error(
          `the DynamoDB table "${tableName}" is not among the ${known.size} tables that the fan-in was deployed with; run the second pass again so that it learns of the table`,
        );
      }
      return table;
    },
  };
}

function parseSources(text: string): SourcesDocument {
  const document: unknown = JSON.parse(text);
  if (
    !isRecord(document) ||
    !isText(document.name) ||
    !isText(document.engine) ||
    !(document.format === undefined || EVENT_FORMATS.includes(document.format as EventFormat)) ||
    !isRecord(document.tables) ||
    !Object.values(document.tables).every(
      (entry) => isRecord(entry) && typeof entry.schema === "string" && isText(entry.table),
    )
  ) {
    throw new Error(
      'the fan-in\'s sources are not of the form {"name", "engine", "format", "tables": {"<DynamoDB table>": {"schema", "table"}}}; build the function\'s text with the FanIn component',
    );
  }
  return document as unknown as SourcesDocument;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
