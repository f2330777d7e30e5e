import assert from "node:assert/strict";
import fc from "fast-check";
import { Faults } from "../../../../components/faults";
import {
  checkTableSelection,
  keyMapping,
  type ObjectMappingRule,
  type SelectionRule,
  type TableSelection,
  tableMappings,
  targetNames,
} from "../../../../components/replication/tableMappings";

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);
const pattern = fc
  .tuple(
    name,
    fc.oneof(
      name,
      fc.constant("%"),
      name.map((n) => `${n}%`),
    ),
  )
  .map((p) => p.join("."));
const columns = fc.uniqueArray(name, { minLength: 1, maxLength: 5 });
const selection: fc.Arbitrary<TableSelection> = fc.record({
  include: fc.array(pattern, { minLength: 1, maxLength: 8 }),
  exclude: fc.array(pattern, { maxLength: 8 }),
  keys: fc.dictionary(
    fc.tuple(name, name).map((p) => p.join(".")),
    columns,
    { maxKeys: 6 },
  ),
});

/** What stands for a column in a value of an attribute mapping. */
function placeholder(column: string): string {
  return `\${${column}}`;
}

function selections(mappings: ReturnType<typeof tableMappings>): SelectionRule[] {
  return mappings.rules.filter((rule): rule is SelectionRule => rule["rule-type"] === "selection");
}

function objectMappings(mappings: ReturnType<typeof tableMappings>): ObjectMappingRule[] {
  return mappings.rules.filter((rule): rule is ObjectMappingRule => rule["rule-type"] === "object-mapping");
}

function faultsOf(selection: unknown): string[] {
  const faults = new Faults();
  checkTableSelection(faults, "tables", selection as TableSelection);
  return faults.found.map((fault) => `${fault.path}: ${fault.problem}`);
}

describe("tableMappings", () => {
  it("gives every rule an id and a name of its own", () => {
    fc.assert(
      fc.property(selection, (tables) => {
        const { rules } = tableMappings(tables);
        assert.equal(new Set(rules.map((rule) => rule["rule-id"])).size, rules.length);
        assert.equal(new Set(rules.map((rule) => rule["rule-name"])).size, rules.length);
      }),
    );
  });

  it("holds every include and every exclude, and always the exclusion of DMS's own tables", () => {
    fc.assert(
      fc.property(selection, (tables) => {
        const found = selections(tableMappings(tables)).map(
          (rule) =>
            `${rule["rule-action"]} ${rule["object-locator"]["schema-name"]}.${rule["object-locator"]["table-name"]}`,
        );
        assert.deepEqual(found, [
          ...tables.include.map((p) => `include ${p}`),
          ...(tables.exclude ?? []).map((p) => `exclude ${p}`),
          "exclude %.awsdms_%",
        ]);
      }),
    );
  });

  it("maps each table with explicit keys to a target of its own name", () => {
    fc.assert(
      fc.property(selection, (tables) => {
        const rules = objectMappings(tableMappings(tables));
        assert.deepEqual(
          Object.fromEntries(
            rules.map((rule) => [
              `${rule["object-locator"]["schema-name"]}.${rule["object-locator"]["table-name"]}`,
              rule["target-table-name"],
            ]),
          ),
          targetNames(tables),
        );
      }),
    );
  });

  it("makes a key of every column, once, and leaves a column out only when a key attribute stands for it", () => {
    fc.assert(
      fc.property(columns, (key) => {
        const mapping = keyMapping(key);
        const values = mapping["attribute-mappings"].map((attribute) => attribute.value).join("#");
        assert.equal(values, key.map(placeholder).join("#"));
        const targets = mapping["attribute-mappings"].map((attribute) => attribute["target-attribute-name"]);
        for (const column of mapping["exclude-columns"]) assert.ok(targets.includes(column));
        assert.ok(targets.includes(mapping["partition-key-name"]));
        assert.equal(mapping["sort-key-name"] !== undefined, key.length > 1);
      }),
    );
  });

  it("gives the same text for the same selection", () => {
    fc.assert(
      fc.property(selection, (tables) => {
        assert.equal(
          JSON.stringify(tableMappings(tables)),
          JSON.stringify(tableMappings(structuredClone(tables))),
        );
      }),
    );
  });

  it("writes the object mapping of a two-column key as the manual does", () => {
    const mappings = tableMappings({
      include: ["public.%"],
      keys: { "public.order_lines": ["order_id", "line_no"] },
    });
    assert.deepEqual(objectMappings(mappings), [
      {
        "rule-type": "object-mapping",
        "rule-id": "3",
        "rule-name": "3-key",
        "rule-action": "map-record-to-record",
        "object-locator": { "schema-name": "public", "table-name": "order_lines" },
        "target-table-name": "public_order_lines",
        "mapping-parameters": {
          "partition-key-name": "order_id",
          "sort-key-name": "line_no",
          "exclude-columns": ["order_id", "line_no"],
          "attribute-mappings": [
            {
              "target-attribute-name": "order_id",
              "attribute-type": "scalar",
              "attribute-sub-type": "string",
              value: placeholder("order_id"),
            },
            {
              "target-attribute-name": "line_no",
              "attribute-type": "scalar",
              "attribute-sub-type": "string",
              value: placeholder("line_no"),
            },
          ],
        },
      },
    ]);
  });

  it("joins the further columns of a longer key into one sort key and keeps them as attributes", () => {
    const mapping = keyMapping(["a", "b", "c"]);
    assert.equal(mapping["partition-key-name"], "a");
    assert.equal(mapping["sort-key-name"], "b_c_key");
    assert.deepEqual(mapping["exclude-columns"], ["a"]);
    assert.equal(mapping["attribute-mappings"].at(-1)?.value, `${placeholder("b")}#${placeholder("c")}`);
  });

  it("replaces what DynamoDB allows in no table's name", () => {
    assert.deepEqual(targetNames({ include: ["HR.%"], keys: { "HR.PAY$ROLL": ["ID"] } }), {
      "HR.PAY$ROLL": "HR_PAY_ROLL",
    });
  });
});

describe("checkTableSelection", () => {
  it("accepts patterns with and without wildcards", () => {
    assert.deepEqual(faultsOf({ include: ["public.%", "sales.order_%"], exclude: ["public.tmp%"] }), []);
  });

  it("names every fault", () => {
    assert.deepEqual(
      faultsOf({
        include: ["public", "public.%"],
        exclude: [".x", "public.hidden"],
        keys: {
          "public.%": ["id"],
          "other.orders": ["id"],
          "public.hidden": ["id"],
          "public.empty": [],
          "public.twice": ["id", "id"],
        },
      }),
      [
        'tables.include[0]: "public" is no table pattern; give schema.table, such as "public.%"',
        'tables.exclude[0]: ".x" is no table pattern; give schema.table, such as "public.%"',
        'tables.keys["public.%"]: is no table; give schema.table with no wildcard, such as "public.order_lines"',
        'tables.keys["other.orders"]: is selected by none of the include patterns "public", "public.%"',
        'tables.keys["public.hidden"]: is left out by an exclude pattern; take it out of one of the two',
        'tables.keys["public.empty"]: has no columns; list those of its key in the key\'s order',
        'tables.keys["public.twice"]: names the column "id" twice; name each column once',
      ],
    );
  });

  it("asks for an include pattern", () => {
    for (const nothing of [undefined, {}, { include: [] }]) {
      assert.deepEqual(faultsOf(nothing), [
        'tables.include: is missing; give at least one pattern such as "public.%"',
      ]);
    }
  });

  it("refuses two tables that would share one DynamoDB table", () => {
    const faults = faultsOf({ include: ["%.%"], keys: { "a_b.c": ["id"], "a.b_c": ["id"] } });
    assert.deepEqual(faults, [
      'tables.keys: "a_b.c" and "a.b_c" would both be the DynamoDB table a_b_c; exclude one of them',
    ]);
  });

  it("refuses a mapping beyond DMS's two megabytes, and says how large it is", () => {
    const include = Array.from(
      { length: 12_000 },
      (_, index) => `public.table_with_a_rather_long_name_${index}`,
    );
    const [fault = ""] = faultsOf({ include });
    assert.match(fault, /^tables: the table mapping has \d+ bytes and DMS accepts 2097152/);
  });
});
