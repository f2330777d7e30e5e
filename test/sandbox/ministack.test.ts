import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type MiniStack, startMiniStack } from "../../sandbox/ministack";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { tools } from "../helpers/tools";

function client(ministack: MiniStack): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: ministack.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  });
}

describe("startMiniStack", function () {
  this.timeout(60_000);
  let stateDir: string;
  let running: MiniStack | undefined;

  async function start(keep: boolean): Promise<MiniStack> {
    running = await startMiniStack({ executable: tools().ministack, stateDir, keep });
    return running;
  }

  beforeEach(() => {
    stateDir = temporaryFolder();
  });

  afterEach(async () => {
    await running?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("serves again what it kept, on the port of its last run", async () => {
    const first = await start(true);
    const dynamoDb = client(first);
    await dynamoDb.send(
      new CreateTableCommand({
        TableName: "kept",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    await dynamoDb.send(new PutItemCommand({ TableName: "kept", Item: { id: { N: "7" } } }));
    await first.stop();

    const second = await start(true);
    assert.equal(second.endpoint, first.endpoint);
    const found = await client(second).send(
      new GetItemCommand({ TableName: "kept", Key: { id: { N: "7" } } }),
    );
    assert.deepEqual(found.Item, { id: { N: "7" } });
  });

  it("takes another port where somebody has taken the one of its last run", async () => {
    const first = await start(false);
    await first.stop();
    const taken = createServer().listen(Number(new URL(first.endpoint).port), "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    try {
      const second = await start(false);
      assert.notEqual(second.endpoint, first.endpoint);
    } finally {
      taken.close();
    }
  });

  it("shows the end of its log when it does not come up", async () => {
    await assert.rejects(
      startMiniStack({ executable: join(stateDir, "no-such-program"), stateDir, keep: false }),
      /MiniStack could not be started: spawn .*no-such-program ENOENT/,
    );
  });
});
