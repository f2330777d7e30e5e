import { shown } from "../checks";
import type { Faults } from "../faults";
import { hasWildcard, parseTablePattern, selects, type TablePattern } from "./tablePattern";

/** Which tables are replicated, and under which keys. */
export interface TableSelection {
  /**
   * The tables to replicate, as `schema.table` patterns in DMS's wildcards: `%` is any text, `_` any one character,
   * `[_]` an underscore. At least one. In MySQL's family the schema is the database.
   */
  include: string[];
  /** The tables to leave out, as patterns. Default: none. DMS's own control tables are always left out. */
  exclude?: string[];
  /**
   * The key columns of tables whose primary key has more than one column (DMS replicates no others to DynamoDB
   * without being told), by `schema.table` with no wildcard, in the key's order; also for a table without a primary
   * key that has a unique one. See {@link keyMapping} for the DynamoDB key that comes of it.
   */
  keys?: Record<string, string[]>;
}

/** A rule of a table mapping (AWS DMS user guide, CHAP_Tasks.CustomizingTasks.TableMapping). */
export interface SelectionRule {
  "rule-type": "selection";
  "rule-id": string;
  "rule-name": string;
  "rule-action": "include" | "exclude";
  "object-locator": { "schema-name": string; "table-name": string };
}

/** An object mapping rule (AWS DMS user guide, CHAP_Target.DynamoDB). */
export interface ObjectMappingRule {
  "rule-type": "object-mapping";
  "rule-id": string;
  "rule-name": string;
  "rule-action": "map-record-to-record";
  "object-locator": { "schema-name": string; "table-name": string };
  "target-table-name": string;
  "mapping-parameters": {
    "partition-key-name": string;
    "sort-key-name"?: string;
    "exclude-columns": string[];
    "attribute-mappings": {
      "target-attribute-name": string;
      "attribute-type": "scalar";
      "attribute-sub-type": "string";
      value: string;
    }[];
  };
}

/** A table mapping as DMS takes it. */
export interface TableMappings {
  rules: (SelectionRule | ObjectMappingRule)[];
}

/** DMS's limit for the JSON of one task's table mapping: 2 MB. */
export const TABLE_MAPPINGS_LIMIT_BYTES = 2 * 1024 * 1024;

/** Tables that DMS makes for itself, in the source (heartbeat, DDL audit) and in the target. */
const CONTROL_TABLES: TablePattern = { schema: "%", table: "awsdms_%" };

/** Separates the columns in a synthesised sort key. */
const SEPARATOR = "#";

/**
 * The table mapping: a selection rule for each include and exclude pattern, the exclusion of DMS's control tables,
 * and an object mapping for each table with explicit keys. Rule ids count up from 1.
 */
export function tableMappings(selection: TableSelection): TableMappings {
  const patterns: [SelectionRule["rule-action"], TablePattern][] = [
    ...patternsOf(selection.include).map((p): [SelectionRule["rule-action"], TablePattern] => ["include", p]),
    ...patternsOf(selection.exclude).map((p): [SelectionRule["rule-action"], TablePattern] => ["exclude", p]),
    ["exclude", CONTROL_TABLES],
  ];
  const selections = patterns.map(
    ([action, pattern], index): SelectionRule => ({
      "rule-type": "selection",
      "rule-id": String(index + 1),
      "rule-name": `${index + 1}-${action}`,
      "rule-action": action,
      "object-locator": { "schema-name": pattern.schema, "table-name": pattern.table },
    }),
  );
  const mappings = keyedTables(selection).map(
    ({ table, columns }, index): ObjectMappingRule => ({
      "rule-type": "object-mapping",
      "rule-id": String(selections.length + index + 1),
      "rule-name": `${selections.length + index + 1}-key`,
      "rule-action": "map-record-to-record",
      "object-locator": { "schema-name": table.schema, "table-name": table.table },
      "target-table-name": targetName(table),
      "mapping-parameters": keyMapping(columns),
    }),
  );
  return { rules: [...selections, ...mappings] };
}

/** The DynamoDB name of each table with explicit keys, by `schema.table`. DMS chooses the name of all others. */
export function targetNames(selection: TableSelection): Record<string, string> {
  return Object.fromEntries(
    keyedTables(selection).map(({ table }) => [`${table.schema}.${table.table}`, targetName(table)]),
  );
}

/**
 * The DynamoDB key for the columns of a SQL key. One column: the partition key. Two: partition and sort key. Three
 * or more: the first is the partition key, and the rest make one sort key, `<b>_<c>_key`, with the value `b#c`; the
 * columns themselves stay attributes. Key attributes are strings, because a mapped attribute can be nothing else.
 *
 * The joined values are not escaped (a DMS template cannot): in tables whose key columns hold text with a `#`, two
 * different keys can become one (`x#` + `y` and `x` + `#y`). Such a table needs an order of columns in which at most
 * the last one holds a `#`.
 */
export function keyMapping(columns: readonly string[]): ObjectMappingRule["mapping-parameters"] {
  const [first = "", ...rest] = columns;
  const attribute = (name: string, value: string) => ({
    "target-attribute-name": name,
    "attribute-type": "scalar" as const,
    "attribute-sub-type": "string" as const,
    value,
  });
  const template = (column: string) => `\${${column}}`;
  const partition = attribute(first, template(first));
  if (rest.length === 0) {
    return {
      "partition-key-name": first,
      "exclude-columns": [first],
      "attribute-mappings": [partition],
    };
  }
  const sortName = sortKeyName(rest);
  return {
    "partition-key-name": first,
    "sort-key-name": sortName,
    "exclude-columns": rest.length === 1 ? [first, sortName] : [first],
    "attribute-mappings": [partition, attribute(sortName, rest.map(template).join(SEPARATOR))],
  };
}

/** Checks the selection: patterns, keys, names that collide, the size of the whole. */
export function checkTableSelection(
  faults: Faults,
  path: string,
  selection: TableSelection | undefined,
): void {
  if (!Array.isArray(selection?.include) || selection.include.length === 0) {
    faults.add(`${path}.include`, 'is missing; give at least one pattern such as "public.%"');
    return;
  }
  checkPatterns(faults, `${path}.include`, selection.include);
  checkPatterns(faults, `${path}.exclude`, selection.exclude ?? []);
  for (const [name, columns] of Object.entries(selection.keys ?? {})) {
    checkKey(faults, `${path}.keys["${name}"]`, name, columns, selection);
  }
  checkTargetNames(faults, `${path}.keys`, selection);
  const bytes = Buffer.byteLength(JSON.stringify(tableMappings(selection)));
  if (bytes > TABLE_MAPPINGS_LIMIT_BYTES) {
    faults.add(
      path,
      `the table mapping has ${bytes} bytes and DMS accepts ${TABLE_MAPPINGS_LIMIT_BYTES}; use wider patterns, or split the tables between two pipelines`,
    );
  }
}

function checkPatterns(faults: Faults, path: string, patterns: readonly string[]): void {
  patterns.forEach((pattern, index) => {
    if (typeof pattern !== "string" || parseTablePattern(pattern) === undefined) {
      faults.add(
        `${path}[${index}]`,
        `${shown(pattern)} is no table pattern; give schema.table, such as "public.%"`,
      );
    }
  });
}

function checkKey(
  faults: Faults,
  path: string,
  name: string,
  columns: readonly string[],
  selection: TableSelection,
): void {
  const table = parseTablePattern(name);
  if (table === undefined || hasWildcard(name)) {
    faults.add(path, 'is no table; give schema.table with no wildcard, such as "public.order_lines"');
    return;
  }
  if (!Array.isArray(columns) || columns.length === 0) {
    faults.add(path, "has no columns; list those of its key in the key's order");
    return;
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) faults.add(path, `names the column "${twice}" twice; name each column once`);
  if (columns.some((column) => typeof column !== "string" || column === "")) {
    faults.add(path, `${shown(columns)} holds something that is no column's name`);
  }
  const selectedBy = (patterns: readonly string[] = []) =>
    patternsOf(patterns).some((pattern) => selects(pattern, table));
  if (!selectedBy(selection.include)) {
    faults.add(
      path,
      `is selected by none of the include patterns ${selection.include.map(shown).join(", ")}`,
    );
  } else if (selectedBy(selection.exclude)) {
    faults.add(path, "is left out by an exclude pattern; take it out of one of the two");
  }
}

function checkTargetNames(faults: Faults, path: string, selection: TableSelection): void {
  const owners = new Map<string, string>();
  for (const { table } of keyedTables(selection)) {
    const source = `${table.schema}.${table.table}`;
    const name = targetName(table);
    const owner = owners.get(name);
    if (owner !== undefined) {
      faults.add(
        path,
        `"${owner}" and "${source}" would both be the DynamoDB table ${name}; exclude one of them`,
      );
    }
    if (name.length < 3 || name.length > 255) {
      faults.add(
        path,
        `"${source}" makes a DynamoDB name of ${name.length} characters; DynamoDB allows 3 to 255`,
      );
    }
    owners.set(name, source);
  }
}

/** The DynamoDB table of a SQL table with explicit keys: `schema_table`, in the characters that DynamoDB allows. */
function targetName({ schema, table }: TablePattern): string {
  return `${schema}_${table}`.replace(/[^A-Za-z0-9_.-]/g, "_");
}

/** One further key column is the sort key itself; several become one attribute of their own. */
function sortKeyName(rest: readonly string[]): string {
  return rest.length === 1 ? (rest[0] ?? "") : `${rest.join("_")}_key`;
}

function keyedTables(selection: TableSelection): { table: TablePattern; columns: string[] }[] {
  return Object.entries(selection.keys ?? {}).flatMap(([name, columns]) => {
    const table = parseTablePattern(name);
    return table === undefined || !Array.isArray(columns) ? [] : [{ table, columns }];
  });
}

function patternsOf(patterns: readonly string[] = []): TablePattern[] {
  return patterns.flatMap((pattern) => parseTablePattern(pattern) ?? []);
}
