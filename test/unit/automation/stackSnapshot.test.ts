import assert from "node:assert/strict";
import { stackSnapshot } from "../../../automation/stackSnapshot";

const orders = {
  tableName: "orders",
  schema: "public",
  table: "orders",
  partitionKey: { name: "id", type: "N" },
};
const lines = { ...orders, tableName: "lines", table: "lines" };

const ATTRIBUTES = [{ name: "id", type: "N" }];

/** A feed and its table, as they lie in the state. */
function feed(table: string, more: object = {}) {
  const urn = `urn:feed:${table}`;
  return [
    { urn, type: "rowstream:pipeline:TableFeed", inputs: { schema: "public", table } },
    {
      urn: `urn:table:${table}`,
      type: "aws:dynamodb/table:Table",
      parent: urn,
      inputs: { hashKey: "id", attributes: ATTRIBUTES, ...more },
      outputs: { name: table, hashKey: "id", attributes: ATTRIBUTES, ...more },
    },
  ];
}

function snapshot(...resources: unknown[]) {
  return stackSnapshot({ version: 3, deployment: { resources } });
}

describe("stackSnapshot", () => {
  it("reads the tables from the last outputs", () => {
    const { outputs, tables } = snapshot({
      type: "pulumi:pulumi:Stack",
      outputs: { streamName: "s", tables: [orders] },
    });
    assert.equal(outputs?.streamName, "s");
    assert.deepEqual(tables, [orders]);
  });

  it("adds the tables that an update adopted before it was cut short", () => {
    const { tables } = snapshot(
      { type: "pulumi:pulumi:Stack", outputs: { streamName: "s", tables: [orders] } },
      ...feed("orders"),
      ...feed("lines", { rangeKey: "line", attributes: [...ATTRIBUTES, { name: "line", type: "N" }] }),
      ...feed("half").slice(0, 1),
    );
    assert.deepEqual(tables, [{ ...lines, sortKey: { name: "line", type: "N" } }, orders]);
  });

  it("does not count a table that is on its way out", () => {
    const [component, table] = feed("orders");
    assert.deepEqual(snapshot(component, { ...table, delete: true }).tables, []);
  });

  it("knows no outputs before the first update, and none after a destruction", () => {
    assert.equal(stackSnapshot({ version: 3, deployment: {} }).outputs, undefined);
    assert.equal(snapshot({ type: "pulumi:pulumi:Stack", outputs: {} }).outputs, undefined);
  });

  it("knows the consumers by their components, and not their parts", () => {
    const urn = "urn:pulumi:dev::rowstream::rowstream:pipeline:Pipeline$rowstream:pipeline:DataLake::lake";
    assert.deepEqual(
      snapshot(
        { urn, type: "rowstream:pipeline:DataLake" },
        { urn: `${urn}-bucket`, type: "aws:s3/bucket:Bucket" },
        { urn: `${urn}-parts`, type: "rowstream:pipeline:ConsumerFunction" },
      ).consumers,
      [{ kind: "DataLake", name: "lake" }],
    );
  });

  it("knows the URN of every table, for a refresh of that table alone", () => {
    assert.deepEqual(snapshot(...feed("orders"), ...feed("lines")).tableUrns, {
      orders: "urn:table:orders",
      lines: "urn:table:lines",
    });
  });
});
