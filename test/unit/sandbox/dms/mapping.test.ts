import assert from "node:assert/strict";
import { parseBehaviour } from "../../../../sandbox/dms/behaviour";
import { ItemMapper, MappingFault } from "../../../../sandbox/dms/mapping/itemMapper";
import { patternMatches } from "../../../../sandbox/dms/mapping/pattern";
import { parseTableMappings } from "../../../../sandbox/dms/mapping/tableMappings";
import type { SourceTable } from "../../../../sandbox/dms/source/source";

const BEHAVIOUR = parseBehaviour(undefined);

function selection(id: number, action: string, schema: string, table: string) {
  return {
    "rule-type": "selection",
    "rule-id": String(id),
    "rule-name": String(id),
    "rule-action": action,
    "object-locator": { "schema-name": schema, "table-name": table },
  };
}

function objectMapping(parameters: object) {
  return {
    "rule-type": "object-mapping",
    "rule-id": "9",
    "rule-name": "9",
    "rule-action": "map-record-to-record",
    "object-locator": { "schema-name": "public", "table-name": "lines" },
    "target-table-name": "public_lines",
    "mapping-parameters": parameters,
  };
}

const LINES: SourceTable = {
  id: "1",
  schema: "public",
  name: "lines",
  columns: [
    { name: "order_id", numeric: true },
    { name: "line", numeric: true },
    { name: "sku", numeric: false },
  ],
  primaryKey: ["order_id", "line"],
  identity: ["order_id", "line"],
};

function scalar(name: string, value: string) {
  return { "target-attribute-name": name, "attribute-type": "scalar", "attribute-sub-type": "string", value };
}

/** A column in a template. */
function column(name: string): string {
  return `\${${name}}`;
}

function mapperOf(table: SourceTable, parameters?: object): ItemMapper {
  const rules = [
    selection(1, "include", "%", "%"),
    ...(parameters === undefined ? [] : [objectMapping(parameters)]),
  ];
  const mappings = parseTableMappings(JSON.stringify({ rules }));
  return new ItemMapper(table, mappings.objectMapping(table.schema, table.name), BEHAVIOUR);
}

describe("patternMatches", () => {
  it("takes % for any text, _ for one character, brackets for one of their characters", () => {
    const cases: [pattern: string, name: string, matches: boolean][] = [
      ["%", "", true],
      ["ord%", "orders", true],
      ["ord%", "Orders", false],
      ["order_", "orders", true],
      ["order_", "order", false],
      ["awsdms[_]%", "awsdms_ddl_audit", true],
      ["awsdms[_]%", "awsdmsxddl", false],
      ["a.b$c", "a.b$c", true],
      ["a.b", "axb", false],
      ["[ab]x", "bx", true],
      ["_", "🎉", true],
    ];
    for (const [pattern, name, matches] of cases) {
      assert.equal(patternMatches(pattern, name), matches, `${pattern} ${name}`);
    }
  });
});

describe("TableMappings", () => {
  it("lets an exclude win over an include, whatever their order", () => {
    for (const rules of [
      [selection(1, "include", "public", "%"), selection(2, "exclude", "public", "audit%")],
      [selection(1, "exclude", "public", "audit%"), selection(2, "include", "public", "%")],
    ]) {
      const mappings = parseTableMappings(JSON.stringify({ rules }));
      assert.equal(mappings.selects("public", "orders"), true);
      assert.equal(mappings.selects("public", "audit_log"), false);
      assert.equal(mappings.selects("other", "orders"), false);
    }
  });

  it("refuses what DMS refuses and what the stand-in does not do, and names it", () => {
    const include = selection(1, "include", "%", "%");
    const cases: [rules: object[], message: RegExp][] = [
      [
        [
          include,
          { ...objectMapping({ "partition-key-name": "a" }), "rule-action": "map-record-to-document" },
        ],
        /map-record-to-record only/,
      ],
      [[include, objectMapping({})], /partition-key-name/],
      [
        [include, { ...objectMapping({ "partition-key-name": "a" }), "target-table-name": "a$" }],
        /not a DynamoDB table name/,
      ],
      [[include, { "rule-type": "transformation", "rule-id": "2" }], /rule-type/],
      [[include, { ...selection(2, "include", "%", "%"), filters: [{}] }], /filters/],
    ];
    for (const [rules, message] of cases) {
      assert.throws(() => parseTableMappings(JSON.stringify({ rules })), {
        code: "InvalidParameterValueException",
        message,
      });
    }
  });
});

describe("ItemMapper", () => {
  it("takes a single primary key as it is: N for a number, S for the rest", () => {
    const numeric = mapperOf({ ...LINES, primaryKey: ["order_id"] });
    assert.deepEqual(numeric.target, { tableName: "lines", partitionKey: { name: "order_id", type: "N" } });
    assert.deepEqual(numeric.map([{ N: "1" }, null, undefined]), {
      key: { order_id: { N: "1" } },
      attributes: {},
      absent: ["line"],
    });
    assert.deepEqual(mapperOf({ ...LINES, primaryKey: ["sku"] }).target.partitionKey, {
      name: "sku",
      type: "S",
    });
  });

  it("refuses a table without a primary key, or with a composite one, unless a rule maps its key", () => {
    assert.throws(
      () => mapperOf({ ...LINES, primaryKey: [] }),
      (error) => error instanceof MappingFault && /no primary key/.test(error.message),
    );
    assert.throws(() => mapperOf(LINES), /composite primary key \(order_id, line\)/);
  });

  it("makes mapped keys strings by their templates, and leaves excluded columns out", () => {
    const mapper = mapperOf(LINES, {
      "partition-key-name": "order_id",
      "sort-key-name": "rest",
      "exclude-columns": ["order_id", "line"],
      "attribute-mappings": [
        scalar("order_id", column("order_id")),
        scalar("rest", `${column("line")}#${column("sku")}`),
      ],
    });
    assert.deepEqual(mapper.target, {
      tableName: "public_lines",
      partitionKey: { name: "order_id", type: "S" },
      sortKey: { name: "rest", type: "S" },
    });
    assert.deepEqual(mapper.map([{ N: "7" }, { N: "2" }, { S: "x" }]), {
      key: { order_id: { S: "7" }, rest: { S: "2#x" } },
      attributes: { sku: { S: "x" } },
      absent: [],
    });
    assert.equal(
      mapper.key([{ N: "7" }, { N: "2" }, undefined]),
      undefined,
      "a key column that the log does not carry",
    );
  });

  it("keeps a column's own type where the rule names it as the key without mapping it", () => {
    const mapper = mapperOf(LINES, { "partition-key-name": "order_id", "sort-key-name": "sku" });
    assert.deepEqual(mapper.target.partitionKey, { name: "order_id", type: "N" });
    assert.deepEqual(mapper.target.sortKey, { name: "sku", type: "S" });
  });

  it("refuses a rule that names a column which the table has not", () => {
    assert.throws(
      () =>
        mapperOf(LINES, { "partition-key-name": "k", "attribute-mappings": [scalar("k", column("nope"))] }),
      /names the column nope, which the table has not/,
    );
    assert.throws(
      () => mapperOf(LINES, { "partition-key-name": "nope" }),
      /neither a mapped attribute nor a column/,
    );
  });
});
