import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { Behaviour } from "../behaviour";
import type { MappedRow } from "../mapping/itemMapper";
import { itemBytes, MAX_ITEM_BYTES } from "./itemSize";
import { backoff, pause, persist } from "./retry";

/** The most items of one BatchWriteItem. */
export const BATCH_ITEMS = 25;

/** The most bytes of one BatchWriteItem: 16 MB. */
const BATCH_BYTES = 16 * 1024 * 1024;

/** DynamoDB does not take this row; the others are not concerned. */
export class RowFault extends Error {
  override name = "RowFault";
}

/** The table takes no row at all: it is gone, or may not be written. */
export class TableFault extends Error {
  override name = "TableFault";
}

/** One write of one row. */
export type Write =
  | { kind: "put"; tableName: string; row: MappedRow }
  | { kind: "update"; tableName: string; row: MappedRow }
  | { kind: "delete"; tableName: string; key: Record<string, AttributeValue> };

/** How a write ended; no fault means that it is in the table. */
export interface WriteResult {
  write: Write;
  fault?: RowFault | TableFault;
}

type Names = Record<string, string>;
type Values = Record<string, AttributeValue>;

/** Writes rows to DynamoDB. Waits out throttling and outages; never skips a row without saying so. */
export class DynamoTarget {
  /**
   * @param client with one attempt a request: the retries are made here
   * @param signal ends every wait
   * @param onRetry told of each attempt that failed and is made again
   */
  constructor(
    private readonly client: DynamoDBClient,
    private readonly behaviour: Behaviour,
    private readonly signal: AbortSignal,
    private readonly onRetry: (error: unknown, attempt: number) => void,
  ) {}

  /**
   * Carries out puts and deletes of different rows, at most 25. AWS DMS calls PutItem and DeleteItem for each row;
   * a batch call stands for them here, because it leaves the same items and stream records at a fraction of the
   * time that the local DynamoDB needs for single calls.
   */
  async writeBatch(writes: Write[]): Promise<WriteResult[]> {
    const results: WriteResult[] = [];
    const fitting: Write[] = [];
    let bytes = 0;
    for (const write of writes) {
      const size = write.kind === "delete" ? 0 : itemBytes({ ...write.row.key, ...write.row.attributes });
      if (size > MAX_ITEM_BYTES) {
        results.push({ write, fault: tooLarge(size) });
      } else {
        fitting.push(write);
        bytes += size;
      }
    }
    if (fitting.length < 2 || bytes > BATCH_BYTES / 2) {
      return [...results, ...(await this.writeEach(fitting))];
    }
    try {
      await this.sendBatch(fitting);
      return [...results, ...fitting.map((write) => ({ write }))];
    } catch (error) {
      if (faultOf(error) === undefined) {
        throw error;
      }
      // One write made the whole batch fail: each on its own shows which.
      return [...results, ...(await this.writeEach(fitting))];
    }
  }

  /** Carries out one write. */
  async write(write: Write): Promise<WriteResult> {
    try {
      await persist(() => this.send(write), this.signal, this.onRetry);
      return { write };
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) {
        throw error;
      }
      return { write, fault };
    }
  }

  private async writeEach(writes: Write[]): Promise<WriteResult[]> {
    const results: WriteResult[] = [];
    for (const write of writes) {
      results.push(await this.write(write));
    }
    return results;
  }

  private async sendBatch(writes: Write[]): Promise<void> {
    let requests: Record<string, WriteRequest[]> = {};
    for (const write of writes) {
      requests[write.tableName] ??= [];
      requests[write.tableName]?.push(
        write.kind === "delete"
          ? { DeleteRequest: { Key: write.key } }
          : { PutRequest: { Item: { ...write.row.key, ...write.row.attributes } } },
      );
    }
    for (let attempt = 0; ; attempt++) {
      const RequestItems = requests;
      const command = () =>
        this.client.send(new BatchWriteItemCommand({ RequestItems }), { abortSignal: this.signal });
      const { UnprocessedItems = {} } = await persist(command, this.signal, this.onRetry);
      if (Object.keys(UnprocessedItems).length === 0) {
        return;
      }
      requests = UnprocessedItems;
      this.onRetry(new Error("DynamoDB left a part of a batch unprocessed"), attempt);
      await pause(backoff(attempt), this.signal);
    }
  }

  private async send(write: Write): Promise<void> {
    const { tableName: TableName } = write;
    const options = { abortSignal: this.signal };
    if (write.kind === "delete") {
      await this.client.send(new DeleteItemCommand({ TableName, Key: write.key }), options);
      return;
    }
    const { key, attributes } = write.row;
    const size = itemBytes({ ...key, ...attributes });
    if (size > MAX_ITEM_BYTES) {
      throw tooLarge(size);
    }
    if (write.kind === "put" || this.behaviour.update === "replace") {
      await this.client.send(new PutItemCommand({ TableName, Item: { ...key, ...attributes } }), options);
    } else {
      await this.client.send(new UpdateItemCommand({ TableName, ...this.merge(write.row) }), options);
    }
  }

  /** An update of what the log carries; what it does not carry stays as it is. */
  private merge({ key, attributes, absent }: MappedRow) {
    const names: Names = {};
    const values: Values = {};
    const set: string[] = [];
    const removed: string[] = [];
    let place = 0;
    for (const [name, value] of Object.entries(attributes)) {
      names[`#${place}`] = name;
      values[`:${place}`] = value;
      set.push(`#${place} = :${place}`);
      place++;
    }
    for (const name of this.behaviour.nullOnUpdate === "remove" ? absent : []) {
      names[`#${place}`] = name;
      removed.push(`#${place}`);
      place++;
    }
    const expression = [
      set.length > 0 ? `SET ${set.join(", ")}` : "",
      removed.length > 0 ? `REMOVE ${removed.join(", ")}` : "",
    ]
      .filter((part) => part !== "")
      .join(" ");
    return {
      Key: key,
      ...(expression === "" ? {} : { UpdateExpression: expression, ExpressionAttributeNames: names }),
      ...(set.length > 0 ? { ExpressionAttributeValues: values } : {}),
    };
  }
}

function tooLarge(bytes: number): RowFault {
  return new RowFault(
    `the item has ${bytes} bytes; DynamoDB takes ${MAX_ITEM_BYTES} with its attribute names`,
  );
}

/** What a final error means; undefined where it is none of DynamoDB's answers. */
function faultOf(error: unknown): RowFault | TableFault | undefined {
  if (error instanceof RowFault) {
    return error;
  }
  const { name, message } = error as Error;
  switch (name) {
    case "ValidationException":
    case "ItemCollectionSizeLimitExceededException":
      return new RowFault(message);
    case "ResourceNotFoundException":
    case "AccessDeniedException":
      return new TableFault(`${name}: ${message}`);
    default:
      return undefined;
  }
}
