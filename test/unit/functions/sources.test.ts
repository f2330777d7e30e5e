import assert from "node:assert/strict";
import { readSources } from "../../../functions/sources";
import { sourcesOf } from "../../helpers/streamRecords";

describe("the fan-in's sources", () => {
  it("give the event's source by the table's name in DynamoDB", () => {
    assert.equal(
      readSources(sourcesOf("shop-orders", "shop-payments")).sourceText("shop-payments"),
      '{"name":"shop","engine":"postgres","schema":"public","table":"payments"}',
    );
  });

  it("escape names", () => {
    const sources = readSources(
      JSON.stringify({ name: "shop", engine: "oracle", tables: { t: { schema: 'A"B', table: "C\\D" } } }),
    );
    assert.deepEqual(JSON.parse(sources.sourceText("t")), {
      name: "shop",
      engine: "oracle",
      schema: 'A"B',
      table: "C\\D",
    });
  });

  it("may have no tables yet", () => {
    assert.throws(() => readSources(sourcesOf()).sourceText("shop-orders"), /among the 0 tables/);
  });

  it("name a table that they do not know, and the remedy", () => {
    assert.throws(() => readSources(sourcesOf("shop-orders")).sourceText("constructor"), {
      message:
        'the DynamoDB table "constructor" is not among the 1 tables that the fan-in was deployed with; run the second pass again so that it learns of the table',
    });
  });

  for (const text of [
    "null",
    "[]",
    '{"name":"shop","engine":"postgres"}',
    '{"name":"","engine":"postgres","tables":{}}',
    '{"name":"shop","engine":"postgres","tables":[]}',
    '{"name":"shop","engine":"postgres","tables":{"t":{"schema":"public"}}}',
    '{"name":"shop","engine":"postgres","tables":{"t":null}}',
  ]) {
    it(`are refused in another form: ${text}`, () => {
      assert.throws(() => readSources(text), /are not of the form/);
    });
  }
});
