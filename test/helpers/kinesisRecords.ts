import type { ChangeEvent, ChangeOperation } from "../../functions/changeEvent";
import type { KinesisRecord } from "../../functions/kinesisEvent";

/** What a test says of an event; the rest follows. */
export interface EventOf {
  table?: string;
  /** The row's key. */
  row?: number;
  op?: ChangeOperation;
  /** The row's columns beside its key. */
  columns?: Record<string, unknown>;
}

/** Makes the change stream's records, each with a sequence number above the last. */
export class KinesisRecords {
  private count = 0;

  next({ table = "orders", row = 1, op = "update", columns = {} }: EventOf = {}): KinesisRecord {
    this.count += 1;
    const key = { order_id: row };
    const image = { ...key, ...columns };
    const event: ChangeEvent = {
      v: 1,
      id: `event-${this.count}`,
      op,
      source: { name: "shop", engine: "postgres", schema: "public", table },
      key,
      old: op === "update" || op === "delete" ? image : null,
      new: op === "delete" ? null : image,
      changed: [],
      at: "2026-11-27T12:00:00.000Z",
      sequence: String(this.count).padStart(40, "0"),
    };
    return this.of(event, `${table}${JSON.stringify(key)}`);
  }

  /** A record with any content. */
  of(content: unknown, partitionKey: string): KinesisRecord {
    this.count += 1;
    const text = typeof content === "string" ? content : `${JSON.stringify(content)}\n`;
    const data = Buffer.from(text).toString("base64");
    return { kinesis: { data, partitionKey, sequenceNumber: `4950${this.count}` } };
  }
}
