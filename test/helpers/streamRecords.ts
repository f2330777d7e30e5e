import type { AttributeMap, StreamRecord } from "../../functions/dynamoDbStream";

/** 2026-11-23T14:15:04Z, the time of the first record. */
export const FIRST_SECOND = 1_795_443_304;

const FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000n;

/**
 * Makes the records of one table's DynamoDB stream, as Lambda delivers them. Sequence numbers count up, one a
 * record, so that a test can ask about order.
 */
export class StreamRecords {
  private count = 0;

  /**
   * @param tableName the DynamoDB table's name
   * @param keyNames the attributes of its key
   */
  constructor(
    readonly tableName = "shop-orders",
    private readonly keyNames: readonly string[] = ["order_id"],
  ) {}

  insert(item: AttributeMap): StreamRecord {
    return this.record("INSERT", item, { NewImage: item });
  }

  update(before: AttributeMap, after: AttributeMap): StreamRecord {
    return this.record("MODIFY", after, { OldImage: before, NewImage: after });
  }

  remove(item: AttributeMap): StreamRecord {
    return this.record("REMOVE", item, { OldImage: item });
  }

  private record(eventName: string, item: AttributeMap, images: StreamRecord["dynamodb"]): StreamRecord {
    this.count += 1;
    const keys = this.keyNames.map((name) => [name, item[name]] as const);
    return {
      eventID: this.count.toString(16).padStart(32, "0"),
      eventName,
      eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${this.tableName}/stream/2026-11-23T14:15:00.000`,
      dynamodb: {
        ApproximateCreationDateTime: FIRST_SECOND + this.count - 1,
        Keys: Object.fromEntries(keys) as AttributeMap,
        ...images,
        SequenceNumber: String(FIRST_SEQUENCE_NUMBER + BigInt(this.count)),
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    };
  }
}

/** The fan-in's `sources` for tables called `shop-<table>`. */
export function sourcesOf(...tableNames: string[]): string {
  const tables = tableNames.map((name) => [name, { schema: "public", table: name.replace("shop-", "") }]);
  return JSON.stringify({ name: "shop", engine: "postgres", tables: Object.fromEntries(tables) });
}
