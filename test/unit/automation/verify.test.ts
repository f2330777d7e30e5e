import assert from "node:assert/strict";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import type { ColumnRule } from "../../../automation/verify/columnRule";
import { type CompareOptions, compareTable } from "../../../automation/verify/compareTable";
import { canonicalDecimal } from "../../../automation/verify/decimal";
import { postgresRule } from "../../../automation/verify/postgresRules";
import { type Item, keyId, rowKey } from "../../../automation/verify/rowKey";
import { sameValue } from "../../../automation/verify/sameValue";
import { isSame, type TableVerification } from "../../../automation/verify/verifyResult";
import type { SourceRow, SourceTable } from "../../../automation/verify/verifySource";
import type { ReplicatedTable } from "../../../components/replicatedTable";

const ORDERS: ReplicatedTable = {
  tableName: "orders",
  schema: "public",
  table: "orders",
  partitionKey: { name: "id", type: "N" },
};

const TABLE: SourceTable = {
  schema: "public",
  table: "orders",
  primaryKey: ["id"],
  columns: [
    { name: "id", rule: { kind: "number" } },
    { name: "status", rule: { kind: "text" } },
    { name: "scan", rule: { kind: "lost", reason: "a LOB" } },
  ],
};

/** A source and a target in memory. */
class Sides {
  readonly rows = new Map<number, SourceRow>();
  readonly items = new Map<number, Item>();
  /** Called at every reading of items: what else goes on meanwhile. */
  meanwhile: () => void = () => undefined;

  row(id: number, status: string | null): void {
    this.rows.set(id, { id: String(id), status, scan: "\\x00" });
  }

  item(id: number, status: string | null): void {
    this.items.set(id, { id: { N: String(id) }, ...(status !== null && { status: { S: status } }) });
  }

  both(id: number, status: string | null): void {
    this.row(id, status);
    this.item(id, status);
  }

  compare(options: Partial<CompareOptions> = {}): Promise<TableVerification> {
    const sorted = () => [...this.rows.entries()].sort(([one], [other]) => one - other).map(([, row]) => row);
    return compareTable(ORDERS, {
      source: {
        describe: async () => TABLE,
        rowsAfter: async (_table, _key, after, limit) =>
          sorted()
            .filter((row) => after === undefined || Number(row.id) > Number(after[0]))
            .slice(0, limit),
        rowsOf: async (_table, _key, keys) =>
          keys.flatMap(([id]) => {
            const row = this.rows.get(Number(id));
            return row === undefined ? [] : [{ ...row }];
          }),
        close: async () => undefined,
      },
      target: {
        itemsOf: async (_name, keys) => {
          assert.ok(keys.length <= 100);
          this.meanwhile();
          return keys.flatMap((key) => {
            const item = this.items.get(Number(key.id?.N));
            return item === undefined ? [] : [item];
          });
        },
        scan: (_name, attributes) => this.scan(attributes),
      },
      keys: {},
      settleMs: 0,
      showValues: false,
      ...options,
    });
  }

  private async *scan(attributes: readonly string[]): AsyncIterable<Item[]> {
    assert.deepEqual(attributes, ["id"]);
    yield [...this.items.values()].map(({ id }) => ({ id: id as AttributeValue }));
  }
}

describe("compareTable", () => {
  it("finds nothing in tables that are the same, over several chunks", async () => {
    const sides = new Sides();
    for (let id = 1; id <= 250; id += 1) {
      sides.both(id, id % 2 === 0 ? "paid" : null);
    }
    const result = await sides.compare();
    assert.deepEqual(result.differences, []);
    assert.deepEqual(result.rows, { source: 250, target: 250 });
    assert.deepEqual(result.skipped, [{ column: "scan", reason: "a LOB" }]);
    assert.ok(isSame({ tables: [result] }));
  });

  it("names rows that differ, are missing and are too many", async () => {
    const sides = new Sides();
    sides.both(1, "paid");
    sides.row(2, "paid");
    sides.item(2, "placed");
    sides.row(3, "paid");
    sides.item(4, "paid");
    const result = await sides.compare();
    assert.deepEqual(result.differences, [
      { kind: "differs", key: { id: "2" }, columns: ["status"] },
      { kind: "missing", key: { id: "3" }, columns: [] },
      { kind: "extra", key: { id: "4" }, columns: [] },
    ]);
    assert.ok(!isSame({ tables: [result] }));
  });

  it("gives values only where they are asked for", async () => {
    const sides = new Sides();
    sides.row(1, "secret");
    sides.item(1, null);
    assert.ok(!JSON.stringify(await sides.compare()).includes("secret"));
    assert.deepEqual((await sides.compare({ showValues: true })).differences[0]?.values, {
      status: { source: "secret", target: null },
    });
  });

  it("does not report a change that is on its way", async () => {
    const sides = new Sides();
    sides.row(1, "paid");
    sides.item(1, "placed");
    sides.row(2, "new");
    let looks = 0;
    sides.meanwhile = () => {
      looks += 1;
      if (looks === 3) {
        sides.item(1, "paid");
        sides.item(2, "new");
      }
    };
    const result = await sides.compare({ settleMs: 5_000 });
    assert.deepEqual(result.differences, []);
    assert.ok(looks >= 3);
  });

  it("looks again at a row that differed long ago", async () => {
    const sides = new Sides();
    for (let id = 1; id <= 150; id += 1) {
      sides.both(id, "paid");
    }
    sides.item(1, "placed");
    let looks = 0;
    sides.meanwhile = () => {
      looks += 1;
      const until = Date.now() + 20;
      while (Date.now() < until) {
        // Reading the rest of the table takes longer than a row has to stand still.
      }
      if (looks === 2) {
        sides.item(1, "paid");
      }
    };
    assert.deepEqual((await sides.compare({ settleMs: 5 })).differences, []);
  });

  it("reports a row that never stands still as changing, which is no difference", async () => {
    const sides = new Sides();
    sides.row(1, "0");
    sides.item(1, "x");
    let count = 0;
    sides.meanwhile = () => {
      count += 1;
      sides.item(1, `x${count}`);
    };
    const result = await sides.compare({ settleMs: 400 });
    assert.deepEqual(result.differences, [{ kind: "changing", key: { id: "1" }, columns: ["status"] }]);
    assert.ok(isSame({ tables: [result] }));
  });

  it("stops where everything differs, and says so", async () => {
    const sides = new Sides();
    for (let id = 1; id <= 10_500; id += 1) {
      sides.row(id, "paid");
    }
    const result = await sides.compare();
    assert.match(result.incomplete ?? "", /more than 10000 rows differ/);
    assert.ok(result.rows.source < 10_500);
  });

  it("says why a table cannot be compared", async () => {
    const gone = await new Sides().compare({
      source: { describe: async () => undefined } as unknown as CompareOptions["source"],
    });
    assert.match(gone.incomplete ?? "", /no such table/);
    assert.ok(!isSame({ tables: [gone] }));
  });

  it("finds exactly the rows that differ", async () => {
    const status = fc.option(fc.constantFrom("placed", "paid"), { nil: null });
    const side = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), status), { maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(side, side, async (rows, items) => {
        const sides = new Sides();
        for (const [id, value] of rows) {
          sides.both(id, value);
        }
        for (const [id, value] of items.slice(0, 20)) {
          sides.item(id, value);
        }
        for (const [id] of items.slice(20, 30)) {
          sides.items.delete(id);
        }
        const all = new Set([...sides.rows.keys(), ...sides.items.keys()]);
        const expected = [...all].filter((id) => {
          const [row, item] = [sides.rows.get(id), sides.items.get(id)];
          return row === undefined || item === undefined || row.status !== (item.status?.S ?? null);
        });
        const { differences } = await sides.compare();
        const found = differences.map(({ key }) => Number(key.id));
        assert.deepEqual(
          found.sort((a, b) => a - b),
          expected.sort((a, b) => a - b),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("sameValue", () => {
  const cases: [ColumnRule, string | null, AttributeValue | undefined, boolean][] = [
    [{ kind: "text" }, "a ", { S: "a" }, false],
    [{ kind: "text" }, "", { S: "" }, true],
    [{ kind: "text" }, null, undefined, true],
    [{ kind: "text" }, null, { NULL: true }, true],
    [{ kind: "text" }, null, { S: "" }, false],
    [{ kind: "text" }, "a", undefined, false],
    [{ kind: "text" }, "a", { M: {} }, false],
    [{ kind: "padded" }, "DE  ", { S: "DE" }, true],
    [{ kind: "number" }, "10.50", { N: "10.5" }, true],
    [{ kind: "number" }, "10.50", { S: "10.5" }, true],
    [{ kind: "number" }, "1e3", { N: "1000" }, true],
    [
      { kind: "number" },
      "12345678901234567890123456789012345678",
      { N: "12345678901234567890123456789012345679" },
      false,
    ],
    [{ kind: "number" }, "NaN", { S: "NaN" }, true],
    [{ kind: "number" }, "1.0000005", { N: "1.000001" }, false],
    [{ kind: "number", scale: 6 }, "1.0000005", { N: "1.000001" }, true],
    [{ kind: "number", scale: 6 }, "-1.0000005", { N: "-1.000001" }, true],
    [{ kind: "real", bytes: 4 }, "0.1", { N: "0.10000000149011612" }, true],
    [{ kind: "real", bytes: 8 }, "0.1", { N: "0.10000000149011612" }, false],
    [{ kind: "real", bytes: 8 }, "1e+300", { S: "1e+300" }, true],
    [{ kind: "boolean" }, "t", { S: "true" }, true],
    [{ kind: "boolean" }, "f", { BOOL: false }, true],
    [{ kind: "boolean" }, "f", { BOOL: true }, false],
    [{ kind: "time" }, "2026-11-23 14:15:04.5", { S: "2026-11-23T14:15:04.500000" }, true],
    [{ kind: "time" }, "2026-11-23 14:15:04.5", { S: "2026-11-23 14:15:04Z" }, false],
    [{ kind: "time" }, "2026-11-23", { S: "2026-11-23 00:00:00" }, true],
    [{ kind: "time" }, "infinity", { S: "infinity" }, true],
    [{ kind: "time" }, "infinity", { S: "2026-11-23" }, false],
    [{ kind: "zoned" }, "2026-11-23 14:15:04+00", { S: "2026-11-23T15:15:04+01:00" }, true],
    [{ kind: "zoned" }, "2026-11-23 14:15:04+00", { S: "2026-11-23T14:15:04Z" }, true],
    [{ kind: "zoned" }, "2026-11-23 14:15:04+00", { S: "2026-11-23T14:15:04-05:30" }, false],
    [{ kind: "interval" }, "1 year 2 mons 3 days 04:05:06", { S: "1 year 2 mons 3 days 04:05:06" }, true],
    [
      { kind: "interval" },
      "1 year 2 mons 3 days 04:05:06",
      { S: "1 YEAR, 2 MONTHS, 3 DAYS, 4 HOURS, 5 MINUTES, 6 SECONDS" },
      true,
    ],
    [{ kind: "interval" }, "-1 days -00:00:01.5", { S: "-1 DAYS, -1.5 SECONDS" }, true],
    [{ kind: "interval" }, "-1 days -00:00:01.5", { S: "-1 days +00:00:01.5" }, false],
    [{ kind: "shape" }, "<(1,2),3>", { S: "(1,2),3" }, true],
    [{ kind: "shape" }, "{1,-1,1e-05}", { S: "(1,-1,1e-05)" }, true],
    [{ kind: "shape" }, "[(1,2),(3,4)]", { S: "((1,2),(3,5))" }, false],
    [{ kind: "lost", reason: "" }, "x", undefined, true],
  ];
  for (const [rule, value, attribute, same] of cases) {
    it(`takes ${JSON.stringify(value)} and ${JSON.stringify(attribute)} for ${same ? "the same" : "different"} (${JSON.stringify(rule)})`, () => {
      assert.equal(sameValue(rule, value, attribute), same);
    });
  }
});

describe("canonicalDecimal", () => {
  it("gives every spelling of a number one form", () => {
    for (const text of ["100", "1e2", "100.00", "+1.0E+2", "0100"]) {
      assert.equal(canonicalDecimal(text), "1e2");
    }
    for (const text of ["0", "-0", "0.000", "0e9"]) {
      assert.equal(canonicalDecimal(text), "0");
    }
    assert.equal(canonicalDecimal("NaN"), undefined);
  });

  it("tells any two numbers apart", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
        assert.equal(canonicalDecimal(`${one}.0`) === canonicalDecimal(String(other)), one === other);
      }),
    );
  });
});

describe("rowKey", () => {
  const lines: SourceTable = {
    schema: "public",
    table: "lines",
    primaryKey: ["order_id", "line_no", "part"],
    columns: [
      { name: "order_id", rule: { kind: "number" } },
      { name: "line_no", rule: { kind: "number" } },
      { name: "part", rule: { kind: "text" } },
    ],
  };
  const target: ReplicatedTable = {
    tableName: "public_lines",
    schema: "public",
    table: "lines",
    partitionKey: { name: "order_id", type: "S" },
    sortKey: { name: "line_no_part_key", type: "S" },
  };

  it("makes a composite key as the table mapping does", () => {
    const key = rowKey(lines, target, ["order_id", "line_no", "part"]);
    assert.ok(typeof key !== "string");
    const row = { order_id: "7", line_no: "2", part: "b" };
    assert.deepEqual(key.ofRow(row), { order_id: { S: "7" }, line_no_part_key: { S: "2#b" } });
    assert.deepEqual(key.valuesOf({ order_id: { S: "7" }, line_no: { N: "2" }, part: { S: "b" } }), [
      "7",
      "2",
      "b",
    ]);
    assert.equal(key.ofRow({ ...row, part: null }), undefined);
  });

  it("takes numbers by their value", () => {
    assert.equal(keyId({ id: { N: "1.50" } }), keyId({ id: { N: "1.5" } }));
    assert.notEqual(keyId({ id: { S: "1.50" } }), keyId({ id: { S: "1.5" } }));
  });

  it("says what is missing", () => {
    assert.match(String(rowKey({ ...lines, primaryKey: [] }, target, undefined)), /no primary key/);
    assert.match(String(rowKey(lines, target, ["nothing"])), /"nothing" is gone/);
  });
});

describe("postgresRule", () => {
  it("knows what DMS makes of a type", () => {
    assert.deepEqual(postgresRule({ name: "numeric", kind: "b", modifier: -1 }), {
      kind: "number",
      scale: 6,
    });
    assert.deepEqual(postgresRule({ name: "numeric", kind: "b", modifier: 786438 }), { kind: "number" });
    assert.deepEqual(postgresRule({ name: "_int4", kind: "b", modifier: -1 }), { kind: "text" });
    assert.equal(postgresRule({ name: "bytea", kind: "b", modifier: -1 }).kind, "lost");
    assert.deepEqual(postgresRule({ name: "mood", kind: "e", modifier: -1 }), { kind: "text" });
  });
});
