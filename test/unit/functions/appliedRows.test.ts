import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { appliedRows } from "../../../functions/appliedRows";

type Input = Record<string, unknown>;

/** A client that answers as the test says, and what it was asked. */
function fakeClient(answer: (input: Input) => unknown): { client: DynamoDBClient; asked: Input[] } {
  const asked: Input[] = [];
  const send = async ({ input }: { input: Input }) => {
    asked.push(input);
    return answer(input);
  };
  return { client: { send } as unknown as DynamoDBClient, asked };
}

const { signal } = new AbortController();

function hash(row: string): string {
  return createHash("sha256").update(row).digest("hex");
}

describe("the table of what was handled", () => {
  it("is asked for a hundred rows at a time, and again for those that it left out", async () => {
    const rows = Array.from({ length: 150 }, (_, index) => `row ${index}`);
    let held = true;
    const { client, asked } = fakeClient(({ RequestItems }) => {
      const { Keys } = (RequestItems as { t: { Keys: { row: { S: string } }[] } }).t;
      const [first, ...others] = Keys;
      const answered = held ? others : Keys;
      const UnprocessedKeys = held ? { t: { Keys: [first] } } : {};
      held = false;
      return {
        Responses: { t: answered.map(({ row }) => ({ row, sequence: { S: "7" } })) },
        UnprocessedKeys,
      };
    });
    const found = await appliedRows(client, "t", 30).read(rows, signal);
    assert.equal(found.size, 150);
    assert.equal(found.get("row 0"), "7");
    assert.equal(asked.length, 2);
  });

  it("is not asked where there are no rows", async () => {
    const { client, asked } = fakeClient(() => assert.fail());
    assert.equal((await appliedRows(client, "t", 30).read([], signal)).size, 0);
    assert.deepEqual(asked, []);
  });

  it("keeps a row's hash, its sequence and the day of its end, and nothing of the row", async () => {
    const { client, asked } = fakeClient(() => ({}));
    const before = Math.floor(Date.now() / 1000);
    await appliedRows(client, "t", 2).write('orders{"email":"a@b.c"}', "42", signal);
    const { Item, ConditionExpression } = asked[0] as {
      Item: Record<string, { S?: string; N?: string }>;
    } & Input;
    assert.deepEqual(Item.row, { S: hash('orders{"email":"a@b.c"}') });
    assert.deepEqual(Item.sequence, { S: "42" });
    const days = (Number(Item.expires?.N) - before) / 86_400;
    assert.ok(days >= 2 && days < 2.01, `${days} days`);
    assert.match(String(ConditionExpression), /#sequence < :sequence/);
    assert.ok(!JSON.stringify(asked).includes("a@b.c"));
  });

  it("is not set back by an event that is older than what it knows", async () => {
    const { client } = fakeClient(() => {
      throw new ConditionalCheckFailedException({ message: "older", $metadata: {} });
    });
    await appliedRows(client, "t", 30).write("row", "1", signal);
  });

  it("fails as DynamoDB does", async () => {
    const { client } = fakeClient(() => {
      throw new Error("no access");
    });
    await assert.rejects(appliedRows(client, "t", 30).write("row", "1", signal), /no access/);
  });
});
