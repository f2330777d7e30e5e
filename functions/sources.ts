import type { WriteEvent } from "./change";
import type { ChangeSource } from "./changeEvent";
import { DEFAULT_FORMAT, EVENT_FORMATS, type EventFormat, eventWriter } from "./formats/format";
import { COLUMN_MASKS, type ColumnMask, type Hash, type RecordMask, recordMask } from "./mask";

/** What the fan-in knows of a table. */
export interface SourceTable {
  /** Whether the table's changes are events. */
  published: boolean;
  /** Whether it is the table of the heartbeat. */
  heartbeat: boolean;
  /** Masks the table's rows; absent where no column is masked. */
  mask?: RecordMask;
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
  /** Whether there is a table of which not everything may be told. */
  withholding: boolean;
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
  tables: Record<string, TableDocument>;
}

/** What {@link readSources} reads of a table. */
export interface TableDocument extends Pick<ChangeSource, "schema" | "table"> {
  /** False where the table's changes are no events; absent otherwise. */
  events?: false;
  /** True of the table of the heartbeat; absent otherwise. */
  heartbeat?: true;
  /** What becomes of the columns that are masked, by their attributes' names. */
  masks?: Record<string, ColumnMask>;
}

/**
 * Reads the text that the stack gives the fan-in, a {@link SourcesDocument} as JSON:
 * `{"name": "shop", "engine": "postgres", "tables": {"<DynamoDB table>": {"schema": "public", "table": "orders"}}}`.
 *
 * @param hash how values are hashed; needed where a column is
 * @throws Error when it is not of that form, or when a column is hashed and there is nothing to do it with
 */
export function readSources(text: string, hash?: Hash): Sources {
  const document = readSourcesDocument(text);
  if (hash === undefined && hashes(document)) {
    throw new Error(
      "a column is to be hashed, and there is no key; deploy the function with the FanIn component, which gives it one",
    );
  }
  const { name, engine, format = DEFAULT_FORMAT, tables } = document;
  const known = new Map(
    Object.entries(tables).map(
      ([tableName, { schema, table, events, heartbeat, masks }]): [string, SourceTable] => [
        tableName,
        {
          published: events !== false,
          heartbeat: heartbeat === true,
          ...(masks && { mask: recordMask(new Map(Object.entries(masks)), hash) }),
          write: eventWriter(format, { name, engine, schema, table }),
        },
      ],
    ),
  );
  return {
    withholding: [...known.values()].some(({ published, mask }) => !published || mask !== undefined),
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

/** Whether a column of some table is hashed. */
export function hashes({ tables }: SourcesDocument): boolean {
  return Object.values(tables).some(({ masks = {} }) => Object.values(masks).includes("hash"));
}

/**
 * Reads the text as what it says.
 *
 * @throws Error when it is not of the form of a {@link SourcesDocument}
 */
export function readSourcesDocument(text: string): SourcesDocument {
  const document: unknown = JSON.parse(text);
  if (
    !isRecord(document) ||
    !isText(document.name) ||
    !isText(document.engine) ||
    !(document.format === undefined || EVENT_FORMATS.includes(document.format as EventFormat)) ||
    !isRecord(document.tables) ||
    !Object.values(document.tables).every(
      (entry) =>
        isRecord(entry) && typeof entry.schema === "string" && isText(entry.table) && hasMasks(entry.masks),
    )
  ) {
    throw new Error(
      'the fan-in\'s sources are not of the form {"name", "engine", "format", "tables": {"<DynamoDB table>": {"schema", "table", "events", "heartbeat", "masks"}}}; build the function\'s text with the FanIn component',
    );
  }
  return document as unknown as SourcesDocument;
}

function hasMasks(masks: unknown): boolean {
  return (
    masks === undefined ||
    (isRecord(masks) && Object.values(masks).every((mask) => COLUMN_MASKS.includes(mask as ColumnMask)))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
