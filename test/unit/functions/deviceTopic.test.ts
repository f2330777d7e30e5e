import assert from "node:assert/strict";
import fc from "fast-check";
import { deviceTopic, topicLevel } from "../../../functions/deviceTopic";

describe("a device's topic", () => {
  it("is the prefix, the table and what happened", () => {
    assert.equal(deviceTopic("rowstream", "orders", "update"), "rowstream/orders/update");
    assert.equal(deviceTopic("plant/7", "Größen 2", "load"), "plant/7/Größen 2/load");
  });

  it("has no level, wildcard or variable more for what a table is called", () => {
    assert.equal(topicLevel("a/b+c#d"), "a%2Fb%2Bc%23d");
    assert.equal(topicLevel("50%*?"), "50%25%2A%3F");
    assert.equal(topicLevel("sys$x\t"), "sys%24x%09");
  });

  it("tells any two tables apart", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        assert.doesNotMatch(topicLevel(name), /[/+#*?$]/);
        assert.equal(decodeURIComponent(topicLevel(name)), name);
      }),
    );
  });
});
