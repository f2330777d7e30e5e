import assert from "node:assert/strict";
import { eventually, LambdaBench } from "../helpers/lambdaBench";

describe("the mapping runner", function () {
  this.timeout(60_000);
  const bench = new LambdaBench();

  before(() => bench.start());
  after(() => bench.stop());

  it("delivers the changes of a table to the deployed zip, each item's in order", async () => {
    const stream = await bench.createTable("orders");
    await bench.createFunction("narrow");
    await bench.put("orders", "1", "a", "b");
    await bench.createMapping({ EventSourceArn: stream, FunctionName: "narrow", BatchSize: 10 });
    await bench.put("orders", "1", "c");
    await bench.put("orders", "2", "x");
    await eventually("four records", () => (bench.valuesOf("2").length > 0 ? true : undefined));
    assert.deepEqual(bench.valuesOf("1"), ["a", "b", "c"]);
    assert.deepEqual(bench.valuesOf("2"), ["x"]);
  });
});
