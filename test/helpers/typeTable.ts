import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./tools";

/** A type of a source engine, and a value from SQL to the event. */
export interface TypeLine {
  /** The column's definition. */
  definition: string;
  /** DMS's own type in between. */
  dmsType: string;
  sql: string;
  /** The value as the event's JSON text; undefined where DMS loses it. */
  json: string | undefined;
}

/** The table of types in docs/what-dms-does.md, which the tests run line by line. @param engine as the heading has it */
export function typeTable(engine: string): TypeLine[] {
  const page = readFileSync(join(ROOT, "docs", "what-dms-does.md"), "utf8");
  const [, section = ""] = page.split(`## ${engine}, type by type\n`);
  const lines = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => {
    const cells = line.slice(2, -2).split(" | ");
    const [definition, dmsType, sql, json] = cells;
    const code = (cell: string | undefined) => /^`(.*?)`/.exec(cell ?? "")?.[1];
    const found = { definition: code(definition), sql: code(sql) };
    if (cells.length !== 4 || found.definition === undefined || found.sql === undefined) {
      throw new Error(`docs/what-dms-does.md: not a line of the table of types: ${line}`);
    }
    return { definition: found.definition, dmsType: dmsType ?? "", sql: found.sql, json: code(json) };
  });
}
