import assert from "node:assert/strict";
import { checkEvents } from "../../../components/fanIn/checkEvents";
import type { EventOptions } from "../../../components/fanIn/events";
import { sourcesText } from "../../../components/fanIn/sources";
import { tableEvents } from "../../../components/fanIn/tableEvents";
import { replicatedTable } from "../../helpers/pipelineArgs";

const orders = { schema: "public", table: "orders" };

function isPublished(tables: EventOptions["tables"]): boolean {
  return tableEvents(orders, { tables }).published;
}

describe("the tables whose changes are events", () => {
  it("are all, or those that a pattern includes and none excludes", () => {
    assert.equal(isPublished(undefined), true);
    assert.equal(isPublished({ exclude: ["public.audit_%"] }), true);
    assert.equal(isPublished({ include: ["public.o%"] }), true);
    assert.equal(isPublished({ include: ["sales.%"] }), false);
    assert.equal(isPublished({ include: ["public.%"], exclude: ["%.orders"] }), false);
    assert.equal(isPublished({ include: ["public.ORDERS"] }), false);
  });
});

describe("the masks of a table's columns", () => {
  const masksOf = (columns: EventOptions["columns"], keyColumns?: string[]) =>
    tableEvents(orders, { columns }, keyColumns).masks;

  it("are those of the patterns that select it, sorted", () => {
    assert.deepEqual(
      Object.entries(
        masksOf({ "public.%": { note: "drop" }, "%.orders": { mail: "hash" }, "a.b": { x: "drop" } }),
      ),
      [
        ["mail", "hash"],
        ["note", "drop"],
      ],
    );
  });

  it("are the strictest where patterns differ, in whatever order they come", () => {
    const masks = {
      "public.%": { a: "hash", b: "redact" },
      "public.orders": { a: "drop", b: "hash" },
    } as const;
    const reversed = Object.fromEntries(Object.entries(masks).reverse());
    assert.deepEqual(masksOf(masks), { a: "drop", b: "redact" });
    assert.deepEqual(masksOf(reversed), { a: "drop", b: "redact" });
  });

  it("cover the attribute in which DMS joins the columns of a long key", () => {
    assert.deepEqual(masksOf({ "public.orders": { b: "hash" } }, ["a", "b", "c"]), {
      b: "hash",
      b_c_key: "hash",
    });
    assert.deepEqual(masksOf({ "public.orders": { a: "hash" } }, ["a", "b", "c"]), { a: "hash" });
    assert.deepEqual(masksOf({ "public.orders": { b: "hash" } }, ["a", "b"]), { b: "hash" });
  });
});

describe("the check of the events", () => {
  const KEY = "x".repeat(32);

  function faultsOf(events: EventOptions, keys: Record<string, string[]> = {}): string[] {
    const replicatedTables = [replicatedTable("orders"), replicatedTable("lines")];
    return checkEvents(events, { replicatedTables, keys }, "events").found.map(
      ({ path, problem }) => `${path}: ${problem}`,
    );
  }

  it("has nothing against a column of a key that is hashed", () => {
    assert.deepEqual(
      faultsOf({ columns: { "public.orders": { id: "hash", note: "drop" } }, hashKey: KEY }),
      [],
    );
  });

  it("refuses to drop or redact a column of a key, by whichever pattern", () => {
    assert.deepEqual(faultsOf({ columns: { "public.%": { id: "drop" } } }), [
      'events.columns: "id" of public.orders is to be dropped and is of its key, which tells rows apart and keeps their order; hash it, or leave it as it is',
      'events.columns: "id" of public.lines is to be dropped and is of its key, which tells rows apart and keeps their order; hash it, or leave it as it is',
    ]);
    const keys = { "public.lines": ["order_id", "line_no", "part"] };
    assert.match(
      faultsOf({ columns: { "%.lines": { part: "redact" } } }, keys)[0] ?? "",
      /"part" of public.lines is to be redacted/,
    );
    assert.deepEqual(faultsOf({ columns: { "public.lines": { id: "drop" } } }, keys), []);
  });

  it("wants a key where a column is hashed, a long one, and only one", () => {
    const columns = { "public.orders": { mail: "hash" } } as const;
    assert.match(
      faultsOf({ columns })[0] ?? "",
      /^events\.hashKey: is missing, and columns are hashed; give hashKey/,
    );
    assert.deepEqual(faultsOf({ columns, hashKey: "short" }), [
      "events.hashKey: has 5 characters; give at least 32, at random: openssl rand -hex 32",
    ]);
    const hashSecret = { arn: "arn:aws:secretsmanager:eu-central-1:1:secret:s-1", versionId: "v" };
    assert.deepEqual(faultsOf({ columns, hashSecret }), []);
    assert.match(faultsOf({ columns, hashSecret, hashKey: KEY })[0] ?? "", /is given with hashKey/);
    assert.match(
      faultsOf({ columns, hashSecret: { ...hashSecret, arn: "s" } })[0] ?? "",
      /is not the ARN of a secret/,
    );
  });

  it("names patterns, masks and formats that are none", () => {
    const events = {
      format: "avro",
      tables: { include: ["orders"], exclude: ["."] },
      columns: { orders: { a: "hide" } },
    } as unknown as EventOptions;
    assert.deepEqual(faultsOf(events), [
      'events.format: "avro" is not one of "rowstream", "cloudevents", "debezium"',
      'events.tables.include: "orders" is no table pattern; give schema.table, such as "public.%"',
      'events.tables.exclude: "." is no table pattern; give schema.table, such as "public.%"',
      'events.columns: "orders" is no table pattern; give schema.table, such as "public.%"',
      'events.columns["orders"].a: "hide" is not one of "drop", "redact", "hash"',
    ]);
  });
});

describe("the text that the fan-in captures", () => {
  it("says of each table what is not as it is, and nothing of the others", () => {
    const events: EventOptions = {
      format: "debezium",
      tables: { exclude: ["public.audit"] },
      columns: { "public.orders": { mail: "hash" } },
      hashKey: "y".repeat(40),
    };
    const tables = ["orders", "audit", "lines"].map((name) => replicatedTable(name));
    const text = sourcesText({ name: "shop", engine: "postgres" }, tables, events);
    assert.deepEqual(JSON.parse(text), {
      name: "shop",
      engine: "postgres",
      format: "debezium",
      tables: {
        audit: { schema: "public", table: "audit", events: false },
        lines: { schema: "public", table: "lines" },
        orders: { schema: "public", table: "orders", masks: { mail: "hash" } },
      },
    });
    assert.ok(!text.includes("yyyy"));
  });
});
