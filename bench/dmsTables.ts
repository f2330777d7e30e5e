import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ReplicatedTable } from "../components/replicatedTable";

/** Tables that are made at once. */
const CONCURRENT_TABLES = 20;

/** Makes tables in MiniStack as DMS makes them: provisioned, with no stream. */
export async function makeTables(endpoint: string, tables: readonly ReplicatedTable[]): Promise<void> {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  for (let start = 0; start < tables.length; start += CONCURRENT_TABLES) {
    await Promise.all(
      tables.slice(start, start + CONCURRENT_TABLES).map(({ tableName, partitionKey }) =>
        client.send(
          new CreateTableCommand({
            TableName: tableName,
            AttributeDefinitions: [{ AttributeName: partitionKey.name, AttributeType: partitionKey.type }],
            KeySchema: [{ AttributeName: partitionKey.name, KeyType: "HASH" }],
            ProvisionedThroughput: { ReadCapacityUnits: 200, WriteCapacityUnits: 200 },
          }),
        ),
      ),
    );
  }
  client.destroy();
}
