import assert from "node:assert/strict";
import type { Finding } from "../../../../automation/doctor/finding";
import { columnFindings } from "../../../../automation/doctor/rules/columns";
import { keyFindings } from "../../../../automation/doctor/rules/keys";
import { nameFindings } from "../../../../automation/doctor/rules/names";
import { loadSeconds, rateFindings } from "../../../../automation/doctor/rules/rates";
import { sizeFindings } from "../../../../automation/doctor/rules/sizes";
import { columnFacts, planWith, tableFacts } from "../../../helpers/doctorFacts";

const GIB = 1024 ** 3;

function named(findings: readonly Finding[]): [string, string, string][] {
  return findings.map(({ code, severity, subject }) => [code, severity, subject]);
}

function lines(changes: object = {}) {
  return tableFacts({
    table: "lines",
    primaryKey: ["order_id", "line_no"],
    columns: [columnFacts("order_id"), columnFacts("line_no")],
    ...changes,
  });
}

describe("the doctor's rules of keys", () => {
  it("say nothing of a table with a key of one column", () => {
    assert.deepEqual(keyFindings([tableFacts()], planWith()), []);
  });

  it("name a composite key with the very commands that configure it", () => {
    const [found] = keyFindings([lines()], planWith({ stackName: "prod" }));
    assert.equal(found?.code, "composite-key");
    assert.match(found?.what ?? "", /2 columns \(order_id, line_no\)/);
    assert.equal(
      found?.remedy,
      `pulumi config set --stack prod --path 'rowstream:tables.keys["public.lines"][0]' order_id && ` +
        `pulumi config set --stack prod --path 'rowstream:tables.keys["public.lines"][1]' line_no`,
    );
  });

  it("are content with the key that is configured, in any order", () => {
    const keys = { "public.lines": ["line_no", "order_id"] };
    assert.deepEqual(keyFindings([lines()], planWith({ tables: { include: ["%.%"], keys } })), []);
  });

  it("refuse a configured key that does not tell rows apart, or is of no columns of the table", () => {
    for (const [columns, reason] of [
      [["order_id"], /overwrite one another/],
      [["order_id", "line"], /no column line/],
    ] as const) {
      const keys = { "public.lines": [...columns] };
      const [found, ...others] = keyFindings([lines()], planWith({ tables: { include: ["%.%"], keys } }));
      assert.equal(found?.code, "key-mismatch");
      assert.match(found?.what ?? "", reason);
      assert.match(found?.remedy ?? "", /line_no/);
      assert.deepEqual(others, []);
    }
  });

  it("name tables without a key, with a unique key or an exclusion as the remedy", () => {
    const plan = planWith({ tables: { include: ["public.%"], exclude: ["public.tmp_%"] } });
    const found = keyFindings(
      [
        tableFacts({ table: "a", primaryKey: [] }),
        tableFacts({ table: "b", primaryKey: [] }),
        tableFacts({ table: "c", primaryKey: [], uniqueKeys: [["id"]] }),
      ],
      plan,
    );
    assert.deepEqual(named(found), [
      ["no-primary-key", "error", "public.a"],
      ["no-primary-key", "error", "public.b"],
      ["no-primary-key", "error", "public.c"],
    ]);
    assert.match(found[0]?.remedy ?? "", /'rowstream:tables.exclude\[1\]' public\.a$/);
    assert.match(found[1]?.remedy ?? "", /'rowstream:tables.exclude\[2\]' public\.b$/);
    assert.match(found[2]?.remedy ?? "", /keys\["public\.c"\]\[0\]' id$/);
  });

  it("accept a unique key that is configured for a table without a primary one", () => {
    const keys = { "public.orders": ["id"] };
    const table = tableFacts({ primaryKey: [], uniqueKeys: [["id"]] });
    assert.deepEqual(keyFindings([table], planWith({ tables: { include: ["%.%"], keys } })), []);
  });

  it("warn of text in the middle of a joined sort key", () => {
    const text = { type: "varchar", declared: "character varying(5)" };
    const columns = [columnFacts("a"), columnFacts("b", text), columnFacts("c", text)];
    const table = tableFacts({ columns, primaryKey: ["a", "b", "c"] });
    const keys = { "public.orders": ["a", "b", "c"] };
    const [found, ...others] = keyFindings([table], planWith({ tables: { include: ["%.%"], keys } }));
    assert.equal(found?.code, "key-separator");
    assert.match(found?.what ?? "", /, and b is text/);
    assert.deepEqual(others, []);
  });

  it("measure the names of key attributes", () => {
    const long = ["a", "b", "c"].map((letter) => letter.repeat(130));
    const table = tableFacts({ primaryKey: long, columns: long.map((name) => columnFacts(name)) });
    assert.deepEqual(
      keyFindings([table], planWith()).map(({ code }) => code),
      ["composite-key", "key-name"],
    );
  });

  it("tell of a selection without tables, and of keys of a table that is not there", () => {
    const plan = planWith({ tables: { include: ["Public.%"], keys: { "Public.x": ["id"] } } });
    assert.deepEqual(named(keyFindings([], plan)), [
      ["no-tables", "error", "rowstream:tables.include"],
      ["table-unknown", "warning", "Public.x"],
    ]);
  });
});

describe("the doctor's rules of names", () => {
  it("refuse what DynamoDB refuses, and take the name that a mapping gives", () => {
    const short = tableFacts({ table: "t" });
    const odd = tableFacts({ table: "price$" });
    assert.deepEqual(named(nameFindings([short, odd], planWith())), [
      ["table-name", "error", "public.t"],
      ["table-name", "error", "public.price$"],
    ]);
    const keys = { "public.t": ["id"], "public.price$": ["id"] };
    assert.deepEqual(nameFindings([short, odd], planWith({ tables: { include: ["%.%"], keys } })), []);
  });

  it("find tables that would be one", () => {
    const tables = [tableFacts(), tableFacts({ schema: "sales" })];
    const [found, ...others] = nameFindings(tables, planWith());
    assert.deepEqual(named([found as Finding]), [["table-name-clash", "error", "sales.orders"]]);
    assert.match(found?.what ?? "", /public\.orders/);
    assert.deepEqual(others, []);
    const keys = { "sales.orders": ["id"] };
    assert.deepEqual(nameFindings(tables, planWith({ tables: { include: ["%.%"], keys } })), []);
  });
});

describe("the doctor's rules of columns", () => {
  it("turn each fate into its finding, with the declared type", () => {
    const table = tableFacts({
      columns: [
        columnFacts("id"),
        columnFacts("photo", { declared: "bytea" }),
        columnFacts("big", { declared: "numeric(50,2)", precision: 50 }),
      ],
    });
    const found = columnFindings([table], ({ name }) =>
      name === "photo" ? { kind: "lost", reason: "no binary values" } : { kind: "kept" },
    );
    assert.deepEqual(named(found), [
      ["column-lost", "warning", "public.orders.photo"],
      ["column-digits", "warning", "public.orders.big"],
    ]);
    assert.equal(found[0]?.what, "bytea: no binary values");
  });

  it("make an error of a key that is lost", () => {
    const found = columnFindings([tableFacts()], () => ({ kind: "lost", reason: "binary" }));
    assert.deepEqual(named(found), [["key-lost", "error", "public.orders.id"]]);
  });
});

describe("the doctor's rules of sizes and rates", () => {
  it("warn near 400 KB, by the largest row seen or the average", () => {
    const largest = (bytes: number) => sizeFindings([tableFacts({ largestRowBytes: bytes })]).length;
    assert.equal(largest(299 * 1024), 0);
    assert.equal(largest(301 * 1024), 1);
    assert.equal(sizeFindings([tableFacts({ rows: 10, bytes: 10 * 350 * 1024 })]).length, 1);
    assert.equal(sizeFindings([tableFacts({ rows: 0, bytes: GIB })]).length, 0);
  });

  it("hold the sum of all writes against DMS's one thread", () => {
    const tables = [tableFacts({ writesPerSecond: 60 }), tableFacts({ table: "lines", writesPerSecond: 60 })];
    const [found] = rateFindings(tables, planWith());
    assert.equal(found?.code, "write-rate");
    assert.match(found?.what ?? "", /120 rows a second \(public\.orders 60, public\.lines 60\)/);
    assert.deepEqual(rateFindings(tables.slice(1), planWith()), []);
  });

  it("hold a table's writes, in units of a KB, against its ceiling", () => {
    const table = tableFacts({ writesPerSecond: 20, rows: 100, bytes: 100 * 2500 });
    const capacity = { mode: "on-demand", maxWriteUnits: 50 } as const;
    const [found] = rateFindings([table], planWith({ capacity }));
    assert.equal(found?.code, "write-capacity");
    assert.match(found?.what ?? "", /60 write units/);
    assert.match(found?.remedy ?? "", /maxWriteUnits' 120$/);
    assert.deepEqual(rateFindings([table], planWith({ capacity: { mode: "on-demand" } })), []);
  });

  it("tell of a full load that takes long", () => {
    const table = tableFacts({ rows: 10_000_000, bytes: 10_000_000 * 800 });
    assert.equal(loadSeconds(table), 50_000);
    assert.deepEqual(named(rateFindings([table], planWith())), [["load-time", "info", "public.orders"]]);
  });
});
