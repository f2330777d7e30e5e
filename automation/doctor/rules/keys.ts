import { keyMapping } from "../../../components/replication/tableMappings";
import { parseTablePattern, selects } from "../../../components/replication/tablePattern";
import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import { configCommand, type Plan } from "../plan";
import type { ColumnFacts, TableFacts } from "../sourceFacts";

/** DynamoDB's limit for the name of a key attribute (DynamoDB developer guide, ServiceQuotas). */
const KEY_NAME_LIMIT_BYTES = 255;

const TEXT = /char|text|clob|string|enum/i;

/** Whether DMS can replicate each table under its key, and under the one that the configuration names. */
export function keyFindings(tables: readonly TableFacts[], plan: Plan): Finding[] {
  const keys = plan.tables.keys ?? {};
  const known = new Set(tables.map(qualifiedName));
  const unknown = Object.keys(keys).filter((name) => !known.has(name));
  return [
    ...(tables.length === 0 ? [noTables(plan)] : []),
    ...unknown.map((name) =>
      finding(
        "table-unknown",
        name,
        "is in rowstream:tables.keys, and the source has no such table",
        "mend the name (case counts), or take it out of rowstream:tables.keys",
      ),
    ),
    ...keyless(tables, plan),
    ...tables.flatMap((table) => {
      const configured = keys[qualifiedName(table)];
      return configured === undefined ? unmapped(table, plan) : mapped(table, configured, plan);
    }),
  ];
}

/** The pattern that leaves a table out, and no other: `_` and `%` stand for more than themselves in one. */
export function exclusionOf(table: TableFacts, tables: readonly TableFacts[]): string {
  const name = qualifiedName(table);
  const pattern = parseTablePattern(name);
  const others = tables.filter((other) => other !== table && pattern && selects(pattern, other));
  return others.length === 0 ? name : name.replace(/[_%]/g, "[$&]");
}

/**
 * The commands that list the columns of a table's key in the configuration.
 */
export function keyCommands(plan: Plan, table: string, columns: readonly string[]): string {
  return columns
    .map((column, index) => configCommand(plan, `rowstream:tables.keys["${table}"][${index}]`, column))
    .join(" && ");
}

function noTables({ tables }: Plan): Finding {
  const { include, exclude = [] } = tables;
  const without = exclude.length > 0 ? ` without ${exclude.join(", ")}` : "";
  return finding(
    "no-tables",
    "rowstream:tables.include",
    `${include.join(", ")}${without} selects no table that the user can see`,
    "mend the patterns (schema.table, case counts), or grant the user USAGE on the schema",
  );
}

/** Tables without a primary key that the configuration says nothing of. */
function keyless(tables: readonly TableFacts[], plan: Plan): Finding[] {
  let excluded = plan.tables.exclude?.length ?? 0;
  return tables
    .filter((table) => table.primaryKey.length === 0 && !plan.tables.keys?.[qualifiedName(table)])
    .map((table) => {
      const name = qualifiedName(table);
      const [unique] = table.uniqueKeys;
      if (unique !== undefined) {
        return finding(
          "no-primary-key",
          name,
          `has no primary key; its unique key (${unique.join(", ")}) can stand in`,
          keyCommands(plan, name, unique),
        );
      }
      const exclude = configCommand(
        plan,
        `rowstream:tables.exclude[${excluded++}]`,
        exclusionOf(table, tables),
      );
      return finding(
        "no-primary-key",
        name,
        "has no primary key and no unique key of columns that are never NULL: DMS refuses it",
        `ALTER TABLE ${name} ADD PRIMARY KEY (…), or leave it out: ${exclude}`,
      );
    });
}

function unmapped(table: TableFacts, plan: Plan): Finding[] {
  const { primaryKey } = table;
  if (primaryKey.length < 2) {
    return primaryKey.flatMap((column) => keyName(table, column));
  }
  const name = qualifiedName(table);
  return [
    finding(
      "composite-key",
      name,
      `has a primary key of ${primaryKey.length} columns (${primaryKey.join(", ")}), which DMS refuses without being told`,
      keyCommands(plan, name, primaryKey),
    ),
    ...mappedNames(table, primaryKey),
  ];
}

function mapped(table: TableFacts, configured: readonly string[], plan: Plan): Finding[] {
  const name = qualifiedName(table);
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const missing = configured.filter((column) => !columns.has(column));
  const candidates = [table.primaryKey, ...table.uniqueKeys].filter((key) => key.length > 0);
  const isUnique = candidates.some((key) => key.every((column) => configured.includes(column)));
  if (missing.length > 0 || !isUnique) {
    const [key] = candidates;
    const wrong =
      missing.length > 0
        ? `the table has no column ${missing.join(", ")}`
        : "they are not unique in it, so that rows would overwrite one another";
    return [
      finding(
        "key-mismatch",
        name,
        `rowstream:tables.keys names ${configured.join(", ")}; ${wrong}`,
        key === undefined
          ? "leave the table out, or give it a primary key"
          : `name its key: ${keyCommands(plan, name, key)}`,
      ),
    ];
  }
  return [...separator(name, configured, columns), ...mappedNames(table, configured)];
}

/** The joined columns of a sort key but the last may hold no separator. */
function separator(
  name: string,
  configured: readonly string[],
  columns: ReadonlyMap<string, ColumnFacts>,
): Finding[] {
  const texts = configured.slice(1, -1).filter((column) => TEXT.test(columns.get(column)?.type ?? ""));
  return texts.length === 0
    ? []
    : [
        finding(
          "key-separator",
          name,
          `its sort key is joined with # from ${configured.slice(1).join(", ")}, and ${texts.join(", ")} is text`,
          "see that it never holds a #, or put it last in rowstream:tables.keys",
        ),
      ];
}

function mappedNames(table: TableFacts, key: readonly string[]): Finding[] {
  const mapping = keyMapping(key);
  return [mapping["partition-key-name"], mapping["sort-key-name"]].flatMap((name) =>
    name === undefined ? [] : keyName(table, name),
  );
}

function keyName(table: TableFacts, name: string): Finding[] {
  const bytes = Buffer.byteLength(name);
  return bytes <= KEY_NAME_LIMIT_BYTES
    ? []
    : [
        finding(
          "key-name",
          qualifiedName(table),
          `its key attribute ${name} has a name of ${bytes} bytes; DynamoDB allows ${KEY_NAME_LIMIT_BYTES}`,
          "rename the columns of its key, or leave the table out",
        ),
      ];
}
