import fc from "fast-check";
import type { Behaviour } from "../../sandbox/dms/behaviour";
import type { TestEngine } from "../helpers/sourceServer";
import { FAULT_KINDS, type FaultKind } from "./faultKinds";

/**
 * Types of key columns. Keys are never updated by the workload: DMS ignores such an update or makes a second item of
 * it, and says so nowhere (docs/what-dms-does.md), so there is no event that rowstream could keep.
 */
const KEY_TYPES = {
  postgres: ["integer", "bigint", "uuid", "text"],
  mariadb: ["integer", "bigint unsigned", "uuid", "varchar(60)"],
} as const satisfies Record<TestEngine, string[]>;

/** Types of the other columns. Binary ones are left out: a DynamoDB target takes no binary LOB, DMS drops the column. */
const COLUMN_TYPES = {
  postgres: [
    "integer",
    "bigint",
    "numeric(38,10)",
    "double precision",
    "boolean",
    "varchar(60)",
    "text",
    "date",
    "timestamp",
    "timestamptz",
    "uuid",
    "jsonb",
    "integer[]",
  ],
  mariadb: [
    "integer",
    "bigint",
    "numeric(38,10)",
    "double precision",
    "tinyint(1)",
    "varchar(60)",
    "varchar(60) character set latin1",
    "text",
    "longtext",
    "date",
    "time(6)",
    "datetime(6)",
    "timestamp(6)",
    "uuid",
    "json",
    "enum('a','b,c','é')",
  ],
} as const satisfies Record<TestEngine, string[]>;

export type KeyType = (typeof KEY_TYPES)[TestEngine][number];
export type ColumnType = (typeof COLUMN_TYPES)[TestEngine][number];

export interface WorldTable {
  key: KeyType[];
  columns: ColumnType[];
  /** Rows that are there before the pipeline is. */
  rows: number;
}

/** What is done to one row. Rows and tables are numbers, taken modulo what there is. */
export interface Operation {
  table: number;
  row: number;
  kind: "put" | "change" | "delete";
  /** What the values are made of. */
  value: number;
}

export interface Strike {
  kind: FaultKind;
  /** Whether the next one begins without waiting for the end of this one. */
  together: boolean;
}

/** A database, what is done to it, and what goes wrong meanwhile: plain data, so that it can be shrunk and kept. */
export interface World {
  engine: TestEngine;
  /** For the faults that strike at random. */
  seed: number;
  tables: WorldTable[];
  /** What DMS does where no source says so. */
  behaviour: Behaviour;
  /** Whether the rows that are there before the pipeline is become events; else only those that are changed do. */
  initialLoad: boolean;
  /** Repeated for as long as faults strike. */
  transactions: Operation[][];
  strikes: Strike[];
}

/**
 * Every choice but two: the types that may be lost would take keys with them, and no table is created while a world
 * is played (test/sandbox/dmsValues.test.ts has both).
 */
const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  nullOnUpdate: fc.constantFrom("keep", "remove"),
  update: fc.constantFrom("merge", "replace"),
  tableName: fc.constantFrom("table", "schema_table"),
  numericKey: fc.constantFrom("N", "S"),
  timeText: fc.constantFrom("iso", "sql"),
  unlistedTypes: fc.constant("text"),
  newTables: fc.constant("create"),
});

/** Different rows of a table that the workload touches. */
export const ROWS = 40;

function tables(engine: TestEngine): fc.Arbitrary<WorldTable> {
  const keyTypes: readonly KeyType[] = KEY_TYPES[engine];
  const columnTypes: readonly ColumnType[] = COLUMN_TYPES[engine];
  const key = (minLength: number, maxLength: number) =>
    fc.array(fc.constantFrom(...keyTypes), { minLength, maxLength });
  return fc.record({
    key: fc.oneof({ weight: 3, arbitrary: key(1, 1) }, { weight: 2, arbitrary: key(2, 3) }),
    columns: fc.array(fc.constantFrom(...columnTypes), { minLength: 1, maxLength: 8, size: "max" }),
    rows: fc.integer({ min: 0, max: ROWS }),
  });
}

const operation: fc.Arbitrary<Operation> = fc.record({
  table: fc.nat({ max: 3 }),
  row: fc.nat({ max: ROWS - 1 }),
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant("put" as const) },
    { weight: 4, arbitrary: fc.constant("change" as const) },
    { weight: 1, arbitrary: fc.constant("delete" as const) },
  ),
  value: fc.nat(),
});

/**
 * Worlds in which each of these faults strikes once.
 * @param kinds default: all of them
 */
export function worlds(engine: TestEngine, kinds: readonly FaultKind[] = FAULT_KINDS): fc.Arbitrary<World> {
  return fc.record({
    engine: fc.constant(engine),
    seed: fc.nat(),
    tables: fc.array(tables(engine), { minLength: 1, maxLength: 4, size: "max" }),
    behaviour,
    initialLoad: fc.boolean(),
    transactions: fc.array(fc.array(operation, { minLength: 1, maxLength: 12, size: "max" }), {
      minLength: 10,
      maxLength: 120,
      size: "max",
    }),
    strikes: fc
      .shuffledSubarray([...kinds], { minLength: kinds.length })
      .chain((order) =>
        fc.tuple(...order.map((kind) => fc.record({ kind: fc.constant(kind), together: fc.boolean() }))),
      ),
  });
}
