import { quote } from "./attributeValue";
import type { ChangeSource } from "./changeEvent";

/** The tables that the fan-in knows, by their names in DynamoDB. */
export interface Sources {
  /**
   * The event's `source` member as JSON text.
   *
   * @throws Error when the table is not known: deliver the record again once the function knows it
   */
  sourceText(tableName: string): string;
}

interface SourcesDocument {
  name: string;
  engine: string;
  tables: Record<string, Pick<ChangeSource, "schema" | "table">>;
}

/**
 * Reads the text that the stack gives the fan-in:
 * `{"name": "shop", "engine": "postgres", "tables": {"<DynamoDB table>": {"schema": "public", "table": "orders"}}}`.
 *
 * @throws Error when it is not of that form
 */
export function readSources(text: string): Sources {
  const { name, engine, tables } = parseSources(text);
  const texts = new Map(
    Object.entries(tables).map(([tableName, { schema, table }]) => [
      tableName,
      `{"name":${quote(name)},"engine":${quote(engine)},"schema":${quote(schema)},"table":${quote(table)}}`,
    ]),
  );
  return {
    sourceText(tableName) {
      const source = texts.get(tableName);
      if (source === undefined) {
        throw new Error(
          `the DynamoDB table "${tableName}" is not among the ${texts.size} tables that the fan-in was deployed with; run the second pass again so that it learns of the table`,
        );
      }
      return source;
    },
  };
}

function parseSources(text: string): SourcesDocument {
  const document: unknown = JSON.parse(text);
  if (
    !isRecord(document) ||
    !isText(document.name) ||
    !isText(document.engine) ||
    !isRecord(document.tables) ||
    !Object.values(document.tables).every(
      (entry) => isRecord(entry) && typeof entry.schema === "string" && isText(entry.table),
    )
  ) {
    throw new Error(
      'the fan-in\'s sources are not of the form {"name", "engine", "tables": {"<DynamoDB table>": {"schema", "table"}}}; build the function\'s text with the FanIn component',
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
