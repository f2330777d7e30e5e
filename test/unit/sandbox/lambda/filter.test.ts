import assert from "node:assert/strict";
import { compileFilters, FilterError } from "../../../../sandbox/lambda/mapping/filter";

const EVENT = {
  eventName: "MODIFY",
  dynamodb: {
    Keys: { id: { S: "order-7" } },
    NewImage: { status: { S: "Shipped" }, total: { N: "12" }, gone: { NULL: true } },
    SizeBytes: 120,
    tags: ["a", "b"],
  },
};

function passes(...patterns: object[]): boolean {
  return compileFilters(patterns.map((pattern) => JSON.stringify(pattern)))(EVENT);
}

function image(rule: unknown): object {
  return { dynamodb: { NewImage: { status: { S: [rule] } } } };
}

describe("compileFilters", () => {
  it("passes an event whose values are among those listed, all members together", () => {
    assert.ok(passes({ eventName: ["INSERT", "MODIFY"], dynamodb: { SizeBytes: [120] } }));
    assert.ok(!passes({ eventName: ["MODIFY"], dynamodb: { SizeBytes: [121] } }));
    assert.ok(passes({ dynamodb: { tags: ["b"] } }), "a list in the event matches by any member");
  });

  it("passes an event that one of several patterns matches", () => {
    assert.ok(passes({ eventName: ["REMOVE"] }, { eventName: ["MODIFY"] }));
    assert.ok(!passes({ eventName: ["REMOVE"] }, { eventName: ["INSERT"] }));
  });

  it("knows the operators", () => {
    assert.ok(passes(image({ prefix: "Ship" })) && !passes(image({ prefix: "ship" })));
    assert.ok(passes(image({ suffix: "ped" })) && !passes(image({ suffix: "x" })));
    assert.ok(passes(image({ "equals-ignore-case": "SHIPPED" })));
    assert.ok(passes(image({ "anything-but": ["Open"] })) && !passes(image({ "anything-but": "Shipped" })));
    assert.ok(passes(image({ "anything-but": { prefix: "Op" } })));
    assert.ok(passes({ dynamodb: { SizeBytes: [{ numeric: [">", 100, "<=", 120] }] } }));
    assert.ok(!passes({ dynamodb: { SizeBytes: [{ numeric: ["<", 100] }] } }));
    assert.ok(passes({ $or: [{ eventName: ["REMOVE"] }, { dynamodb: { SizeBytes: [120] } }] }));
  });

  it("tells an absent member from a present one", () => {
    assert.ok(passes({ dynamodb: { OldImage: [{ exists: false }] } }));
    assert.ok(!passes({ dynamodb: { OldImage: { status: { S: [{ exists: true }] } } } }));
    assert.ok(passes(image({ exists: true })));
    assert.ok(!passes({ dynamodb: { absent: [{ "anything-but": ["x"] }] } }));
    assert.ok(!passes({ dynamodb: { absent: [null] } }));
  });

  it("does not compare DynamoDB's numbers, which are text in the event, as numbers", () => {
    assert.ok(!passes({ dynamodb: { NewImage: { total: { N: [{ numeric: ["=", 12] }] } } } }));
    assert.ok(passes({ dynamodb: { NewImage: { total: { N: ["12"] } } } }));
  });

  it("names what is wrong with a pattern", () => {
    const faulty: [string, RegExp][] = [
      ["no json", /is no JSON/],
      ["[]", /is no JSON object/],
      ['{"a": "b"}', /"a" is "b"; a value to match stands in a list/],
      ['{"a": []}', /"a" has an empty list/],
      ['{"a": {"b": [{"like": "x"}]}}', /"a\.b" has a rule .*; rules are prefix, suffix/],
      ['{"a": [{"numeric": ["~", 1]}]}', /operators are = < <= > >=/],
      ['{"a": [{"exists": "yes"}]}', /neither true nor false/],
      ['{"$or": [{"a": ["b"]}]}', /two or more patterns/],
    ];
    for (const [pattern, message] of faulty) {
      assert.throws(
        () => compileFilters([pattern]),
        (error) => error instanceof FilterError && message.test(error.message),
      );
    }
  });
});
