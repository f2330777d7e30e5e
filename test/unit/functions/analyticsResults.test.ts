import assert from "node:assert/strict";
import {
  type AlertMessage,
  type AlertResult,
  analyticsResults,
  createAnalyticsResults,
} from "../../../functions/analyticsResults";

const COUNT = {
  type: "count",
  from: "2026-11-23T14:15:00Z",
  to: "2026-11-23T14:16:00Z",
  schema: "public",
  table: "orders",
  op: "update",
  changes: 3,
};

const ALERT: AlertResult = {
  type: "change",
  rule: "large",
  from: null,
  to: null,
  changes: null,
  id: "a1",
  op: "update",
  schema: "Sälés",
  table: "orders",
  key: { order_id: "42" },
  values: { total: "1500", note: null },
  at: "2026-11-23T14:15:04Z",
};

/** Hands results to the function; the topic refuses those of the rules that are named. */
async function told(results: readonly unknown[], refused: readonly string[] = []) {
  const messages: AlertMessage[] = [];
  const lines: Record<string, unknown>[] = [];
  const handle = analyticsResults({
    analytics: "analytics-test",
    publish: async (message) => {
      if (refused.includes(message.attributes.rule ?? "")) throw new Error("throttled");
      messages.push(message);
    },
    writeLine: (line) => lines.push(JSON.parse(line)),
  });
  const answer = await handle({
    Records: results.map((result, index) => ({
      kinesis: {
        data: Buffer.from(typeof result === "string" ? result : JSON.stringify(result)).toString("base64"),
        partitionKey: "p",
        sequenceNumber: String(index + 1),
      },
    })),
  });
  return { failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), messages, lines };
}

describe("the function that tells what the analytics find", () => {
  it("makes a count a metric of its table and operation, at the time of its window", async () => {
    const { lines, failed } = await told([COUNT]);
    assert.deepEqual(failed, []);
    assert.deepEqual(lines, [
      {
        _aws: {
          Timestamp: Date.parse("2026-11-23T14:15:00Z"),
          CloudWatchMetrics: [
            {
              Namespace: "rowstream",
              Dimensions: [["Analytics", "Table", "Operation"]],
              Metrics: [{ Name: "Changes", Unit: "Count" }],
            },
          ],
        },
        Analytics: "analytics-test",
        Table: "public.orders",
        Operation: "update",
        Changes: 3,
      },
    ]);
  });

  it("makes an alert about a change a message that people and programs can read, and counts it", async () => {
    const { messages, lines } = await told([ALERT]);
    const [message] = messages;
    assert.equal(message?.subject, "rowstream large: update in S?l?s.orders");
    assert.deepEqual(JSON.parse(message?.text ?? ""), {
      rule: "large",
      id: "a1",
      op: "update",
      key: { order_id: "42" },
      values: { total: "1500", note: null },
      at: "2026-11-23T14:15:04Z",
      table: "Sälés.orders",
    });
    assert.deepEqual(message?.attributes, { rule: "large", table: "Sälés.orders", op: "update" });
    assert.deepEqual([lines[0]?.Rule, lines[0]?.Alerts], ["large", 1]);
  });

  it("makes an alert about a window one message, of at most 100 characters' subject", async () => {
    const rule = "r".repeat(64);
    const window = { ...ALERT, type: "count" as const, rule, from: COUNT.from, to: COUNT.to, changes: 500 };
    const { messages } = await told([
      { ...window, id: null, op: null, schema: null, table: null, key: null, values: null, at: null },
    ]);
    assert.equal(messages[0]?.subject.length, 100);
    assert.deepEqual(JSON.parse(messages[0]?.text ?? ""), {
      rule,
      from: COUNT.from,
      to: COUNT.to,
      changes: 500,
    });
    assert.deepEqual(messages[0]?.attributes, { rule });
  });

  it("stops at what could not be told, and has it come again with what lies behind", async () => {
    const { failed, messages, lines } = await told(
      [COUNT, ALERT, { ...ALERT, rule: "refused" }, { ...ALERT, rule: "after" }],
      ["refused"],
    );
    assert.deepEqual(failed, ["3"]);
    assert.deepEqual(
      messages.map(({ attributes }) => attributes.rule),
      ["large"],
    );
    assert.equal(lines.length, 2);
  });

  it("does not pass over what it cannot read", async () => {
    assert.deepEqual((await told(["no JSON", COUNT])).failed, ["1"]);
    assert.deepEqual((await told([{ ...COUNT, from: "once" }])).failed, ["1"]);
    assert.deepEqual((await told(["7"])).failed, ["1"]);
  });

  it("names the variables that it lacks", () => {
    assert.throws(() => createAnalyticsResults({ AWS_REGION: "eu-central-1" }), /lacks ANALYTICS, TOPIC_ARN/);
  });
});
