import type { WriteRequest } from "@aws-sdk/client-dynamodb";
import { type AwsHttp, AwsHttpError } from "../../awsHttp";
import type { Behaviour } from "../behaviour";
import { itemBytes, MAX_ITEM_BYTES } from "./itemSize";
import { type Request, requestOf, type Write } from "./requests";
import { backoff, isDenied, pause, persist } from "./retry";

/** The most items of one BatchWriteItem. */
export const BATCH_ITEMS = 25;

/** The most bytes of one call for several items: TransactWriteItems takes 4 MB, BatchWriteItem more. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** DynamoDB does not take this row; the others are not concerned. */
export class RowFault extends Error {
  override name = "RowFault";
}

/** The table takes no row at all: it is gone, or may not be written. */
export class TableFault extends Error {
  override name = "TableFault";
}

/** What BatchWriteItem can do. */
type BatchRequest = Exclude<Request, { Update: unknown }>;

/** How a write ended; no fault means that it is in the table. */
export interface WriteResult {
  write: Write;
  fault?: RowFault | TableFault;
}

/** Writes rows to DynamoDB. Waits out throttling and outages; never skips a row without saying so. */
export class DynamoTarget {
  /**
   * @param aws makes one attempt a request: the retries are made here
   * @param signal ends every wait
   * @param onRetry told of each attempt that failed and is made again
   */
  constructor(
    private readonly aws: Pick<AwsHttp, "json">,
    private readonly behaviour: Behaviour,
    private readonly signal: AbortSignal,
    private readonly onRetry: (error: unknown, attempt: number) => void,
  ) {}

  /**
   * Carries out writes of different rows, at most 25. AWS DMS calls PutItem, UpdateItem and DeleteItem for each row;
   * BatchWriteItem, or TransactWriteItems where updates are among them, stands for them here, because it leaves the
   * same items and stream records at a fraction of the time that the local DynamoDB needs for single calls.
   */
  async writeBatch(writes: Write[]): Promise<WriteResult[]> {
    const results: WriteResult[] = [];
    const fitting: Write[] = [];
    let bytes = 0;
    for (const write of writes) {
      const size = sizeOf(write);
      if (size > MAX_ITEM_BYTES) {
        results.push({ write, fault: tooLarge(size) });
      } else {
        fitting.push(write);
        bytes += size;
      }
    }
    const requests = fitting.map((write) => requestOf(write, this.behaviour));
    if (fitting.length < 2 || bytes > BATCH_BYTES || requests.some(isEmptyUpdate)) {
      return [...results, ...(await this.writeEach(fitting))];
    }
    try {
      const plain = requests.filter((request): request is BatchRequest => !("Update" in request));
      await (plain.length === requests.length ? this.sendBatch(plain) : this.sendTransaction(requests));
      return [...results, ...fitting.map((write) => ({ write }))];
    } catch (error) {
      if (faultOf(error) === undefined) {
        throw error;
      }
      // One write made the whole call fail: each on its own shows which.
      return [...results, ...(await this.writeEach(fitting))];
    }
  }

  /** Carries out one write. */
  async write(write: Write): Promise<WriteResult> {
    const size = sizeOf(write);
    if (size > MAX_ITEM_BYTES) {
      return { write, fault: tooLarge(size) };
    }
    const request = requestOf(write, this.behaviour);
    try {
      await persist(() => this.send(request), this.signal, this.onRetry);
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

  private async send(request: Request): Promise<void> {
    if ("Put" in request) {
      await this.call("PutItem", request.Put);
    } else if ("Update" in request) {
      await this.call("UpdateItem", request.Update);
    } else {
      await this.call("DeleteItem", request.Delete);
    }
  }

  private async sendTransaction(TransactItems: Request[]): Promise<void> {
    await persist(() => this.call("TransactWriteItems", { TransactItems }), this.signal, this.onRetry);
  }

  /** @throws Error named as DynamoDB names it */
  private async call<T>(operation: string, input: object): Promise<T> {
    try {
      // However long it takes: a write that was given up might still be carried out, after the row's next one.
      return await this.aws.json<T>("dynamodb", operation, input, { signal: this.signal, timeoutMs: 0 });
    } catch (error) {
      if (error instanceof AwsHttpError) {
        throw Object.assign(new Error(error.message), { name: error.code });
      }
      throw error;
    }
  }

  private async sendBatch(requests: BatchRequest[]): Promise<void> {
    let RequestItems: Record<string, WriteRequest[]> = {};
    for (const request of requests) {
      const [tableName, item] = batchItem(request);
      const items = RequestItems[tableName] ?? [];
      RequestItems[tableName] = items;
      items.push(item);
    }
    for (let attempt = 0; ; attempt++) {
      const input = { RequestItems };
      const { UnprocessedItems = {} } = await persist(
        () => this.call<{ UnprocessedItems?: Record<string, WriteRequest[]> }>("BatchWriteItem", input),
        this.signal,
        this.onRetry,
      );
      if (Object.keys(UnprocessedItems).length === 0) {
        return;
      }
      RequestItems = UnprocessedItems;
      this.onRetry(new Error("DynamoDB left a part of a batch unprocessed"), attempt);
      await pause(backoff(attempt), this.signal);
    }
  }
}

function batchItem(request: BatchRequest): [tableName: string, item: WriteRequest] {
  return "Put" in request
    ? [request.Put.TableName, { PutRequest: { Item: request.Put.Item } }]
    : [request.Delete.TableName, { DeleteRequest: { Key: request.Delete.Key } }];
}

/** An update of a row that is nothing but its key: UpdateItem takes it, TransactWriteItems does not. */
function isEmptyUpdate(request: Request): boolean {
  return "Update" in request && request.Update.UpdateExpression === undefined;
}

function sizeOf(write: Write): number {
  return write.kind === "delete" ? 0 : itemBytes(write.row.key) + itemBytes(write.row.attributes);
}

function tooLarge(bytes: number): RowFault {
  return new RowFault(
    `the item has ${bytes} bytes; DynamoDB takes ${MAX_ITEM_BYTES} with its attribute names`,
  );
}

/** What a final error means; undefined where it is none of DynamoDB's answers. */
function faultOf(error: unknown): RowFault | TableFault | undefined {
  const { name, message } = error as Error;
  if (isDenied(error)) {
    return new TableFault(`${name}: ${message}`);
  }
  switch (name) {
    case "ValidationException":
    case "ItemCollectionSizeLimitExceededException":
    case "TransactionCanceledException":
      return new RowFault(message);
    case "ResourceNotFoundException":
      return new TableFault(`${name}: ${message}`);
    default:
      return undefined;
  }
}
