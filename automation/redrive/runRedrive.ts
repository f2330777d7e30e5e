import type { StreamRecord } from "../../functions/dynamoDbStream";
import type { PutObject } from "../../functions/failureBucket";
import { MAPPING_PREFIX, UNPROCESSABLE_PREFIX } from "../../functions/failurePrefixes";
import { parseEvent } from "../../functions/parseEvent";
import type { PublishReport } from "../../functions/publish";
import type { OutgoingRecord } from "../../functions/rowQueue";
import { pause, throwIfAborted } from "../poll";
import type { OnStreamRecord, StreamFacts } from "./changeStreamReader";
import type { CurrentRows } from "./currentRows";
import type { FailedRecord } from "./failedRecord";
import { readMappingObject, readUnprocessableReason } from "./failureObject";
import type { FailureStore } from "./failureStore";
import type { HeldEvent, RedriveEvent, RedriveResult } from "./redriveResult";
import { RowLedger } from "./rowLedger";

/** How far a redrive is. */
export interface RedriveProgress {
  objects: number;
  of: number;
  published: number;
}

/** What a redrive works with; tests put their own in. */
export interface RedriveParts {
  store: FailureStore;
  facts: StreamFacts;
  /** Undefined for a record that shall be no event. */
  convert(record: StreamRecord): FailedRecord | { unrecoverable: string } | undefined;
  /** `schema.table` of a DynamoDB table. */
  label(tableName: string): string;
  /** Begins to read the change stream at a time, in milliseconds since 1970; each call reads on to its tip. */
  readFrom(from: number): (onRecord: OnStreamRecord) => Promise<void>;
  currentRows: CurrentRows;
  publish(records: readonly OutgoingRecord[]): Promise<PublishReport>;
  putObject: PutObject;
  /** Change nothing, wait for nothing. */
  dryRun: boolean;
  /** Publish what is not known to be overtaken, although it may be. */
  force: boolean;
  /** How long the events of a row's later changes are waited for, in milliseconds, for each object. */
  settleMs: number;
  onProgress?: ((progress: RedriveProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** DynamoDB rounds its times down to the second, and its clock is not that of Kinesis. */
const CLOCK_MARGIN_MS = 300_000;

const SETTLE_PAUSE_MS = 500;

/** How long a published event may take to be readable. */
const APPEAR_MS = 10_000;

const HELD = {
  retention:
    "the change stream no longer reaches back to this change, so whether a later event of its row was published is not known",
  changed:
    "its row has changed since, and the event of that change is not in the change stream (yet): run it again later",
  stopped: "publishing has failed before it",
};

/**
 * Publishes what the mappings gave up on. Object by object, from the oldest on, an event goes out unless the change
 * stream holds a later one of its row. To know that, the stream is read from the oldest failed change to its tip,
 * and the row is looked at in DynamoDB just before: where it does not stand as its newest failed record left it,
 * there is a later change whose event may still be on its way, and nothing of the row goes out before that has come.
 */
export async function runRedrive(parts: RedriveParts): Promise<RedriveResult> {
  const run = new Redrive(parts);
  await run.listUnprocessable();
  await run.index();
  await run.publishAll();
  return run.result;
}

class Redrive {
  readonly result: RedriveResult;
  private readonly ledger = new RowLedger();
  /** The objects with records, by the sequence of their first one. */
  private objects: { key: string; first: string }[] = [];
  /** Objects that hold something that can never be published. */
  private readonly spoilt = new Set<string>();
  /** Rows that did not settle in time: they are not waited for again. */
  private readonly unsettled = new Set<string>();
  private readonly own: RedriveEvent[] = [];
  private readToTip: () => Promise<void> = async () => undefined;
  private stopped = false;

  constructor(private readonly parts: RedriveParts) {
    this.result = {
      dryRun: parts.dryRun,
      published: 0,
      alreadyPublished: 0,
      overtaken: [],
      held: [],
      unrecoverable: [],
      late: [],
      objects: { redriven: 0, left: 0 },
    };
  }

  /** Names what the fan-in could not make events of. */
  async listUnprocessable(): Promise<void> {
    for (const object of await this.parts.store.list(UNPROCESSABLE_PREFIX)) {
      throwIfAborted(this.parts.signal);
      const text = await this.parts.store.read(object);
      if (text !== undefined) {
        this.result.unrecoverable.push({ object, reason: readUnprocessableReason(text) });
      }
    }
  }

  /** Learns of every failed record; keeps none of them. */
  async index(): Promise<void> {
    for (const key of await this.parts.store.list(MAPPING_PREFIX)) {
      throwIfAborted(this.parts.signal);
      const records = await this.read(key, true);
      for (const record of records) {
        this.ledger.add(record);
      }
      if (records.length > 0) {
        this.objects.push({ key, first: records[0]?.sequence ?? "" });
      } else if (this.spoilt.has(key)) {
        this.result.objects.left += 1;
      } else {
        await this.finish(key);
      }
    }
    this.objects.sort((one, other) => (one.first < other.first ? -1 : 1));
  }

  async publishAll(): Promise<void> {
    const { parts, ledger, result } = this;
    if (this.objects.length === 0) {
      return;
    }
    const read = parts.readFrom(Math.max(0, ledger.oldest - CLOCK_MARGIN_MS));
    this.readToTip = () => read((row, data) => this.observe(row, data));
    let finished = 0;
    let left = this.objects.length;
    try {
      for (const { key } of this.objects) {
        throwIfAborted(parts.signal);
        const dealtWith = await this.redriveObject(key);
        if (dealtWith) {
          await this.finish(key);
          left -= 1;
        }
        finished += 1;
        parts.onProgress?.({ objects: finished, of: this.objects.length, published: result.published });
      }
      if (!this.stopped) {
        await this.checkOrder();
      }
    } catch (error) {
      // What was left out of an object that is set aside must be told, whatever comes after.
      if (finished === 0) {
        throw error;
      }
      result.stoppedBy = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    result.objects.left += left;
  }

  /** Looks at where the events came to lie that went out. */
  private async checkOrder(): Promise<void> {
    const deadline = Date.now() + APPEAR_MS;
    let unseen = this.own;
    while (unseen.length > 0) {
      await this.readToTip();
      unseen = unseen.filter(({ id }) => !this.ledger.isInStream(id));
      if (unseen.length > 0 && Date.now() >= deadline) {
        break;
      }
      await pause(unseen.length > 0 ? SETTLE_PAUSE_MS : 0, this.parts.signal);
    }
    this.result.late.push(...this.own.filter(({ id }) => this.ledger.cameLate(id)));
  }

  /** Takes away an object of which nothing is left to do. */
  private async finish(key: string): Promise<void> {
    if (!this.parts.dryRun) {
      await this.parts.store.setAside(key);
    }
    this.result.objects.redriven += 1;
  }

  /** True if nothing of the object is left to do. */
  private async redriveObject(key: string): Promise<boolean> {
    const records = await this.read(key, false);
    const unsettled = await this.settle(records);
    const heldBefore = this.result.held.length;
    const outgoing = records.filter((record) => this.decide(record, key, unsettled));
    await this.publish(outgoing, key);
    return this.result.held.length === heldBefore && !this.spoilt.has(key);
  }

  /** Whether a record is to be published; counts and names it where it is not. */
  private decide(record: FailedRecord, object: string, unsettled: ReadonlySet<string>): boolean {
    const { ledger, parts, result } = this;
    const fate = ledger.fate(record);
    if (this.stopped) {
      // What has gone out of the failed call, and so what is overtaken, is not known any more.
      this.hold(record, object, HELD.stopped);
    } else if (fate === "published") {
      result.alreadyPublished += 1;
    } else if (fate === "overtaken") {
      result.overtaken.push(this.event(record, object));
    } else if (!parts.force && !this.withinReach(record)) {
      this.hold(record, object, HELD.retention);
    } else if (!parts.force && unsettled.has(record.row)) {
      this.hold(record, object, HELD.changed);
    } else {
      // From here on a second record with this id is a repeat.
      ledger.published(record);
      return true;
    }
    return false;
  }

  private withinReach({ at }: FailedRecord): boolean {
    const { holdsFrom } = this.parts.facts;
    return holdsFrom === 0 || at - CLOCK_MARGIN_MS >= holdsFrom;
  }

  /**
   * Waits until the stream holds the events of whatever changed the rows after their failed records. Returns the
   * rows for which it did not come.
   */
  private async settle(records: readonly FailedRecord[]): Promise<ReadonlySet<string>> {
    const { ledger, parts } = this;
    const deadline = Date.now() + (parts.dryRun || parts.force ? 0 : parts.settleMs);
    for (;;) {
      await this.readToTip();
      const open = new Map(
        records.filter((record) => ledger.fate(record) === "open").map((record) => [record.row, record]),
      );
      const current = await parts.currentRows([...open.values()]);
      const unsettled = new Set(
        [...open.keys()].filter((row) => !ledger.standsAsLeft(row, current.get(row))),
      );
      const waitedFor = [...unsettled].filter((row) => !this.unsettled.has(row));
      if (waitedFor.length === 0 || Date.now() >= deadline) {
        for (const row of unsettled) {
          this.unsettled.add(row);
        }
        return unsettled;
      }
      await pause(SETTLE_PAUSE_MS, parts.signal);
      throwIfAborted(parts.signal);
    }
  }

  private async publish(records: readonly FailedRecord[], object: string): Promise<void> {
    const { parts, result } = this;
    if (parts.dryRun || records.length === 0) {
      result.published += records.length;
      return;
    }
    for (const record of records) {
      if (record.object !== undefined) {
        await parts.putObject(record.object, parts.signal ?? new AbortController().signal);
      }
    }
    const report = await parts.publish(records.map(({ outgoing }) => outgoing));
    const done = report.firstUnpublished ?? records.length;
    result.published += done;
    this.own.push(...records.slice(0, done).map((record) => this.event(record, object)));
    if (done < records.length) {
      this.stopped = true;
      for (const record of records.slice(done)) {
        this.hold(
          record,
          object,
          `the change stream did not take it: ${report.lastError ?? "no answer in time"}`,
        );
      }
    }
  }

  private observe(row: string, data: Uint8Array): void {
    if (!this.ledger.concerns(row)) {
      return;
    }
    const event = readEvent(data);
    if (event !== undefined) {
      this.ledger.observe({ ...event, row });
    }
  }

  /** The records of an object, in the order of their sequences; names what cannot be had when it is told to. */
  private async read(key: string, name: boolean): Promise<FailedRecord[]> {
    const text = await this.parts.store.read(key);
    const content = text === undefined ? { records: [] } : readMappingObject(text);
    const records: FailedRecord[] = [];
    const faults = "unrecoverable" in content ? [{ reason: content.unrecoverable }] : [];
    for (const record of "records" in content ? content.records : []) {
      const converted = this.parts.convert(record);
      if (converted === undefined) {
        continue;
      }
      if ("unrecoverable" in converted) {
        faults.push({ ...(record.eventID && { id: record.eventID }), reason: converted.unrecoverable });
      } else {
        records.push(converted);
      }
    }
    if (name && faults.length > 0) {
      this.spoilt.add(key);
      this.result.unrecoverable.push(...faults.map((fault) => ({ object: key, ...fault })));
    }
    return records.sort((one, other) => (one.sequence < other.sequence ? -1 : 1));
  }

  private hold(record: FailedRecord, object: string, reason: string): void {
    const held: HeldEvent = { ...this.event(record, object), reason };
    this.result.held.push(held);
  }

  private event({ tableName, key, id, sequence }: FailedRecord, object: string): RedriveEvent {
    return { table: this.parts.label(tableName), key, id, sequence, object };
  }
}

/** What the ledger needs of an event; undefined for a record that somebody else wrote to the stream. */
function readEvent(data: Uint8Array): { id: string; sequence: string } | undefined {
  try {
    const { id, sequence } = parseEvent(Buffer.from(data).toString("utf8"));
    return typeof id === "string" && typeof sequence === "string" ? { id, sequence } : undefined;
  } catch {
    return undefined;
  }
}
