import { createHash } from "node:crypto";
import { seededRandom } from "../helpers/seededRandom";
import type { ComparedTable } from "./comparedTable";
import type { ColumnType, KeyType, Operation, World, WorldTable } from "./world";

/** A statement with its values, as a client of the tests takes it. */
export interface Statement {
  text: string;
  values: (string | bigint | null)[];
}

/** The last column of every table: which operation wrote the row, so that no update changes nothing. */
const STEP = "step";

const keyName = (place: number) => `k${place}`;
const columnName = (place: number) => `c${place}`;
/** DynamoDB takes no name of fewer than three characters: DMS suspends the table. */
const tableName = (place: number) => `table${place}`;

/** Of version 4: MariaDB takes no other bits in the places of version and variant. */
function uuid(seed: string): string {
  const hex = createHash("md5").update(seed).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}

/**
 * A key's value. Text has no `#`: a key of three columns is joined by it, and two keys can become one
 * (docs/what-dms-does.md). Nor is it empty, which no key of DynamoDB may be.
 */
function keyValue(type: KeyType, row: number): string {
  switch (type) {
    case "integer":
      return String(row - 2);
    case "bigint":
      return String(9_007_199_254_740_993n + BigInt(row));
    case "bigint unsigned":
      return String(18_446_744_073_709_551_000n + BigInt(row));
    case "uuid":
      return uuid(`key ${row}`);
    case "text":
    case "varchar(60)":
      return `${row} "é\\ ${String.fromCodePoint(0x1f600 + row)}\t'`;
  }
}

/** Too long to lie in its row, and too irregular to be compressed: an update that leaves it out finds it unchanged. */
const TOAST = Array.from({ length: 160 }, (_, index) => uuid(String(index))).join("");

const TEXTS = ["", " ", "plain", 'quote " and \\', "line\nbreak\u0001", "äöü € 😀", "'); DROP --", TOAST];

const LATIN1_TEXTS = ["", "plain", "äöü € ÿ", "line\nbreak"];

/** A column's value, made of a number; null at times. */
function columnValue(type: ColumnType, seed: number): string | null {
  const random = seededRandom(seed);
  const integer = (below: number) => Math.floor(random() * below);
  if (integer(6) === 0) {
    return null;
  }
  const digits = (count: number) => Array.from({ length: count }, () => integer(10)).join("");
  const part = (texts: readonly string[]) => texts[integer(texts.length)] ?? "";
  const day = () => `${1970 + integer(80)}-0${1 + integer(9)}-1${integer(10)}`;
  const time = () => `1${integer(10)}:0${integer(10)}:0${integer(10)}.${digits(integer(7)) || "0"}`;
  switch (type) {
    case "integer":
      return String(integer(2 ** 32) - 2 ** 31);
    case "bigint":
      return `${integer(2) ? "-" : ""}8${digits(18)}`;
    case "numeric(38,10)":
      return `${integer(2) ? "-" : ""}${digits(integer(28)) || "0"}.${digits(integer(11)) || "0"}`;
    case "double precision":
      return String((random() - 0.5) * 10 ** (integer(40) - 20));
    case "boolean":
      return String(integer(2) === 1);
    case "tinyint(1)":
      return String(integer(2));
    case "varchar(60)":
      return part(TEXTS).slice(0, 60);
    case "text":
    case "longtext":
      return part(TEXTS);
    case "varchar(60) character set latin1":
      return part(LATIN1_TEXTS);
    case "enum('a','b,c','é')":
      return part(["a", "b,c", "é"]);
    case "date":
      return day();
    case "time(6)":
      return `${integer(2) ? "-" : ""}${time()}`;
    case "timestamp(6)":
      // It ends in January 2038.
      return `${1971 + integer(60)}${day().slice(4)} ${time()}`;
    case "timestamp":
    case "datetime(6)":
      return `${day()} ${time()}`;
    case "timestamptz":
      return `${day()} ${time()}+0${integer(10)}`;
    case "uuid":
      return uuid(String(seed));
    case "json":
    case "jsonb":
      return JSON.stringify({ b: [integer(9), null, "é"], a: TEXTS[integer(5)] });
    case "integer[]":
      return `{${digits(3)},NULL,-1}`;
  }
}

function columnValues({ columns }: WorldTable, value: number): (string | null)[] {
  return columns.map((type, place) => columnValue(type, value * 31 + place));
}

/** The statements that make a world's tables and the rows that are there before the pipeline is. */
export function creation(world: World): Statement[] {
  return world.tables.flatMap((table, place) => {
    const columns = [
      ...table.key.map((type, index) => `${keyName(index)} ${type}`),
      // MariaDB fills a timestamp that may not be NULL by itself.
      ...table.columns.map((type, index) => `${columnName(index)} ${type} NULL`),
      `${STEP} bigint NOT NULL`,
    ];
    const key = table.key.map((_, index) => keyName(index)).join(", ");
    const create = `CREATE TABLE ${tableName(place)} (${columns.join(", ")}, PRIMARY KEY (${key}))`;
    const rows = Array.from({ length: table.rows }, (_, row) =>
      statement({ table: place, row, kind: "put", value: row }, world, 0),
    );
    return [{ text: create, values: [] }, ...rows];
  });
}

/** An operation as SQL. Once more right after it, or with its whole transaction, it changes nothing. */
export function statement(operation: Operation, world: World, step: number): Statement {
  const { engine, tables } = world;
  const place = operation.table % tables.length;
  const table = tables[place] as WorldTable;
  const key = table.key.map((type) => {
    const value = keyValue(type, operation.row);
    // MariaDB compares a number with a text by their doubles.
    return /int/.test(type) ? BigInt(value) : value;
  });
  const values = columnValues(table, operation.value);
  const keyNames = key.map((_, index) => keyName(index));
  const isRow = keyNames.map((name, index) => `${name} = $${index + 1}`).join(" AND ");
  if (operation.kind === "delete") {
    return { text: `DELETE FROM ${tableName(place)} WHERE ${isRow}`, values: key };
  }
  if (operation.kind === "change") {
    // Some of the columns, as applications do.
    const changed = [...values.keys()].filter((index) => (operation.value >> index) % 2 === 1);
    const sets = [...changed.map(columnName), STEP].map(
      (name, index) => `${name} = $${key.length + index + 1}`,
    );
    return {
      text: `UPDATE ${tableName(place)} SET ${sets.join(", ")} WHERE ${isRow}`,
      values: [...key, ...changed.map((index) => values[index] ?? null), String(step)],
    };
  }
  const names = [...keyNames, ...values.map((_, index) => columnName(index)), STEP];
  const others = names.slice(key.length);
  const goOn =
    engine === "postgres"
      ? `ON CONFLICT (${keyNames.join(", ")}) DO UPDATE SET ${others.map((name) => `${name} = EXCLUDED.${name}`).join(", ")}`
      : `ON DUPLICATE KEY UPDATE ${others.map((name) => `${name} = VALUES(${name})`).join(", ")}`;
  const places = names.map((_, index) => `$${index + 1}`);
  return {
    text: `INSERT INTO ${tableName(place)} (${names.join(", ")}) VALUES (${places.join(", ")}) ${goOn}`,
    values: [...key, ...values, String(step)],
  };
}

/** A world's tables as they are compared in the end. */
export function comparedTables({ tables }: World): ComparedTable[] {
  return tables.map((table, place) => ({
    name: tableName(place),
    key: table.key.map((_, index) => keyName(index)),
    columns: [
      ...table.key.map((type, index) => ({ name: keyName(index), type })),
      ...table.columns.map((type, index) => ({ name: columnName(index), type })),
      { name: STEP, type: "bigint" },
    ],
    touched: `${STEP} > 0`,
  }));
}
