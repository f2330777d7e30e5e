import assert from "node:assert/strict";
import { changeOf } from "../../../functions/change";
import { readSources, type Sources } from "../../../functions/sources";
import { StreamRecords, sourcesOf } from "../../helpers/streamRecords";

const RECORD = new StreamRecords("t", ["k"]).insert({ k: { S: "a" } });

/** The `source` of an event of a table. */
function sourceOf(sources: Sources, tableName: string): unknown {
  return JSON.parse(sources.table(tableName).write(changeOf(RECORD))).source;
}

describe("the fan-in's sources", () => {
  it("give the event's source by the table's name in DynamoDB", () => {
    assert.deepEqual(sourceOf(readSources(sourcesOf("shop-orders", "shop-payments")), "shop-payments"), {
      name: "shop",
      engine: "postgres",
      schema: "public",
      table: "payments",
    });
  });

  it("escape names", () => {
    const sources = readSources(
      JSON.stringify({ name: "shop", engine: "oracle", tables: { t: { schema: 'A"B', table: "C\\D" } } }),
    );
    assert.deepEqual(sourceOf(sources, "t"), {
      name: "shop",
      engine: "oracle",
      schema: 'A"B',
      table: "C\\D",
    });
  });

  it("may have no tables yet", () => {
    assert.throws(() => readSources(sourcesOf()).table("shop-orders"), /among the 0 tables/);
  });

  it("name a table that they do not know, and the remedy", () => {
    assert.throws(() => readSources(sourcesOf("shop-orders")).table("constructor"), {
      message:
        'the DynamoDB table "constructor" is not among the 1 tables that the fan-in was deployed with; run the second pass again so that it learns of the table',
    });
  });

  it("say in which format the events are", () => {
    const sources = { ...JSON.parse(sourcesOf("t")), format: "cloudevents" };
    assert.equal(sourceOf(readSources(JSON.stringify(sources)), "t"), "/shop/public/t");
  });

  for (const text of [
    "null",
    "[]",
    '{"name":"shop","engine":"postgres"}',
    '{"name":"","engine":"postgres","tables":{}}',
    '{"name":"shop","engine":"postgres","format":"avro","tables":{}}',
    '{"name":"shop","engine":"postgres","tables":[]}',
    '{"name":"shop","engine":"postgres","tables":{"t":{"schema":"public"}}}',
    '{"name":"shop","engine":"postgres","tables":{"t":null}}',
  ]) {
    it(`are refused in another form: ${text}`, () => {
      assert.throws(() => readSources(text), /are not of the form/);
    });
  }
});
