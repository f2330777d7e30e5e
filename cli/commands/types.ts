import { readFile, writeFile } from "node:fs/promises";
import { type DescribedRows, describeRows, SAMPLE_ITEMS } from "../../automation/types/describeRows";
import { jsonSchemaOf } from "../../automation/types/jsonSchema";
import { typeScriptText } from "../../automation/types/typeScriptText";
import { type Context, type GlobalOptions, workspaceOptions } from "../context";

/** Options of `rowstream types`; files by their absolute paths. */
export interface TypesOptions extends GlobalOptions {
  out?: string;
  schema?: string;
  source?: string;
  from: "source" | "items" | "either";
  lossless?: boolean;
}

/** Writes the types of every table's rows and events: TypeScript, JSON Schema, or both. */
export async function types(context: Context, options: TypesOptions): Promise<void> {
  const rows = await describeRows({
    ...workspaceOptions(context, options),
    ...(options.source !== undefined && { sourceUrl: options.source }),
    from: options.from,
  });
  for (const text of rows.notes) {
    context.progress.show({ kind: "warning", text });
  }
  const header = headerOf(rows);
  const module = typeScriptText(rows.tables, { header, lossless: options.lossless ?? false });
  const schema = `${JSON.stringify(jsonSchemaOf(rows.tables, header), null, 2)}\n`;
  const written = [
    ...(options.out === undefined ? [] : [await write(options.out, module)]),
    ...(options.schema === undefined ? [] : [await write(options.schema, schema)]),
  ];
  for (const text of written) {
    context.progress.show({ kind: "note", text });
  }
  context.progress.close();
  if (written.length === 0) {
    process.stdout.write(module);
  }
}

/** Nothing that another run would say otherwise, or a date: the same tables give the same files. */
function headerOf({ source, format, tables }: DescribedRows): string[] {
  const sampled = tables
    .filter(({ from }) => from === "items")
    .map(({ schema, table }) => `${schema}.${table}`);
  return [
    `Change events of ${source.name} (${source.engine}), made by \`rowstream types\`. Do not edit it: run that again.`,
    ...(format === "rowstream"
      ? []
      : [
          `The stream has them in the format ${format}: read them with parseEvent of functions/parseEvent.ts.`,
        ]),
    ...(sampled.length === 0
      ? []
      : [
          `From up to ${SAMPLE_ITEMS} items of each, because the source was not to be read: ${sampled.join(", ")}.`,
        ]),
  ];
}

/** Leaves a file alone that says the same already. */
async function write(file: string, text: string): Promise<string> {
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before === text) {
    return `${file} is as it was`;
  }
  await writeFile(file, text);
  return `${file} is written`;
}
