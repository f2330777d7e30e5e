import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import type { AttributeMap, AttributeValue, StreamRecord } from "../../../functions/dynamoDbStream";
import { EVENT_FORMATS } from "../../../functions/formats/format";
import { loadRecord } from "../../../functions/loadRecord";
import { keyedHash, REDACTED } from "../../../functions/mask";
import { parseEvent } from "../../../functions/parseEvent";
import { type PreparedRecord, prepareBatch } from "../../../functions/prepareBatch";
import { readSources, type TableDocument } from "../../../functions/sources";
import { StreamRecords } from "../../helpers/streamRecords";

const KEY = "a key of thirty-two characters ..";
const TABLE = "shop-people";

const MASKS: TableDocument["masks"] = { person: "hash", mail: "hash", phone: "redact", ssn: "drop" };

interface Settings {
  format?: (typeof EVENT_FORMATS)[number];
  maxRecordBytes?: number;
  document?: Partial<TableDocument>;
}

function prepare(
  records: readonly StreamRecord[],
  { format, maxRecordBytes = 10 ** 6, document = { masks: MASKS } }: Settings = {},
): PreparedRecord[] {
  const tables = { [TABLE]: { schema: "public", table: "people", ...document } };
  const sources = readSources(
    JSON.stringify({ name: "shop", engine: "postgres", format, tables }),
    keyedHash(KEY),
  );
  return prepareBatch(records, { sources, maxRecordBytes, bucket: "failures" });
}

function eventOf(record: StreamRecord, settings?: Settings) {
  const [prepared] = prepare([record], settings);
  return parseEvent(Buffer.from(prepared?.outgoing?.data ?? []).toString());
}

const hmac = (text: string) => createHmac("sha256", KEY).update(text).digest("hex");

const people = () => new StreamRecords(TABLE, ["person"]);

const ADA: AttributeMap = {
  person: { N: "42" },
  mail: { S: "ada@example.com" },
  phone: { S: "555" },
  ssn: { S: "078-05-1120" },
  city: { S: "London" },
};

describe("a masked row", () => {
  it("has its columns hashed, redacted and dropped, in the key and in both images", () => {
    const event = eventOf(people().update(ADA, { ...ADA, city: { S: "Paris" } }));
    const masked = { person: hmac("42"), mail: hmac("ada@example.com"), phone: REDACTED };
    assert.deepEqual(event.key, { person: hmac("42") });
    assert.deepEqual(event.old, { ...masked, city: "London" });
    assert.deepEqual(event.new, { ...masked, city: "Paris" });
    assert.deepEqual(event.changed, ["city"]);
  });

  it("names a hashed column among the changed when it changed, and neither a redacted nor a dropped one", () => {
    const after = { ...ADA, mail: { S: "a@b" }, phone: { S: "1" }, ssn: { S: "2" } };
    assert.deepEqual(eventOf(people().update(ADA, after)).changed, ["mail"]);
  });

  it("is an event even when all that changed is masked: the row's events have no gap", () => {
    const { op, changed, old, new: now } = eventOf(people().update(ADA, { ...ADA, ssn: { S: "1" } }));
    assert.deepEqual({ op, changed }, { op: "update", changed: [] });
    assert.deepEqual(old, now);
  });

  it("leaves out what the row has not", () => {
    const { phone: _, ...without } = ADA;
    assert.ok(!("phone" in (eventOf(people().insert(without)).new ?? {})));
    assert.deepEqual(eventOf(people().insert({ ...ADA, phone: { NULL: true } })).new?.phone, null);
  });

  it("has one hash for a number and its text, for either is the key in some table", () => {
    const text = eventOf(people().insert({ ...ADA, person: { S: "42" } }));
    assert.deepEqual(text.key, eventOf(people().insert(ADA)).key);
  });

  it("has one hash for a set, in whatever order its members are listed", () => {
    const hashOf = (mail: AttributeValue) => eventOf(people().insert({ ...ADA, mail })).new?.mail;
    assert.equal(hashOf({ SS: ["a", "b"] }), hashOf({ SS: ["b", "a"] }));
    assert.notEqual(hashOf({ SS: ["a", "b"] }), hashOf({ L: [{ S: "b" }, { S: "a" }] }));
  });

  it("may have columns named like members that every object inherits", () => {
    const item = JSON.parse('{"person":{"N":"1"},"__proto__":{"S":"a"},"constructor":{"S":"b"}}');
    const masks = JSON.parse('{"__proto__":"redact","constructor":"drop"}');
    const [prepared] = prepare([people().insert(item)], { document: { masks } });
    const text = Buffer.from(prepared?.outgoing?.data ?? []).toString();
    assert.match(text, /"new":\{"person":1,"__proto__":"\[redacted\]"\}/);
  });
});

describe("a table that is left out", () => {
  it("has no events, and leaves nothing in the bucket either", () => {
    const broken = { ...people().insert(ADA), eventName: "BROKEN" };
    assert.deepEqual(prepare([people().insert(ADA), broken], { document: { events: false } }), [{}, {}]);
  });
});

/** Long enough that no other part of an output holds it by chance. */
const secret = fc.uuid().map((id) => `secret-${id}`);

/** A secret as DynamoDB may hold it, or as something that only looks like it. */
const hidden: fc.Arbitrary<unknown> = fc.oneof(
  secret.map((S) => ({ S })),
  secret.map((text) => ({ N: `9${BigInt(`0x${text.slice(-12)}`)}000111000111` })),
  secret.map((text) => ({ M: { inner: { L: [{ S: text }] }, [text]: { BOOL: true } } })),
  secret.map((text) => ({ SS: [text] })),
  secret.map((text) => ({ N: text })),
  secret.map((text) => ({ X: text })),
  secret,
);

const person = fc.oneof(
  secret.map((S) => ({ S })),
  fc.bigInt({ min: 7n * 10n ** 30n, max: 9n * 10n ** 30n }).map((N) => ({ N: String(N) })),
);

/** Every text and number in a value: what must not be seen. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return value.length > 10 ? [value] : [];
  }
  return typeof value === "object" && value !== null
    ? [...Object.keys(value).filter((name) => name.length > 10), ...Object.values(value).flatMap(textsIn)]
    : [];
}

function bytesOf({ outgoing, object, unprocessable }: PreparedRecord): string {
  return [outgoing?.partitionKey, outgoing?.data, object?.key, object?.body, unprocessable]
    .map((part) => (part instanceof Uint8Array ? Buffer.from(part).toString() : (part ?? "")))
    .join("\n");
}

function assertHidden(secrets: readonly string[], prepared: PreparedRecord): void {
  assert.ok(prepared.outgoing ?? prepared.object, "something is done with every record");
  const bytes = bytesOf(prepared);
  for (const one of secrets) {
    assert.ok(!bytes.includes(one), `${one} is in ${bytes}`);
  }
}

describe("what is masked", () => {
  const item = fc.record({ person, mail: hidden, phone: hidden, ssn: hidden, city: fc.string() });

  /** What else can be wrong with a record, so that its rows might come out by another way. */
  const spoil = fc.constantFrom<(record: StreamRecord, text: string) => unknown>(
    (record) => record,
    (record) => ({ ...record, eventName: "BROKEN" }),
    (record) => ({ ...record, eventID: undefined }),
    (record) => ({ ...record, eventSourceARN: "arn:aws:elsewhere" }),
    (record) => ({ ...record, dynamodb: { ...record.dynamodb, SequenceNumber: "x" } }),
    (record) => ({ ...record, dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: -1 } }),
    (record, text) => ({ ...record, dynamodb: { ...record.dynamodb, NewImage: [text] } }),
    (record, text) => ({ ...record, dynamodb: { ...record.dynamodb, Keys: text } }),
    (record, text) => ({ ...record, dynamodb: { ...record.dynamodb, Extra: text } }),
    (record, text) => ({ ...record, dynamodb: text }),
    (record, text) => ({ ...record, extra: { text } }),
  );

  it("is in no byte that goes out, whatever the format, and whatever is wrong with the record", () => {
    fc.assert(
      fc.property(item, item, spoil, secret, (before, after, spoilt, text) => {
        const [old, now] = [before, { ...after, person: before.person }] as unknown as AttributeMap[];
        assert.ok(old && now);
        const records = people();
        const load = { streamArn: records.insert(old).eventSourceARN ?? "", startedAt: 1 };
        const made = [
          records.insert(old),
          records.update(old, now),
          records.remove(now),
          loadRecord(old, ["person"], load),
        ].map((record) => spoilt(record, text) as StreamRecord);
        const secrets = [text, ...[old, now].flatMap(({ city: _, ...rest }) => textsIn(rest))];
        for (const format of EVENT_FORMATS) {
          for (const maxRecordBytes of [1, 10 ** 6]) {
            for (const prepared of prepare(made, { format, maxRecordBytes })) {
              assertHidden(secrets, prepared);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the rows apart, their events in order, and no gap between them", () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean(), secret);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const factory = people();
        const rows = new Map<number, AttributeMap>();
        const records = changes.map(([id, remove, text]) => {
          const before = rows.get(id);
          const after = { person: { N: String(id) }, ssn: { S: text }, mail: { S: text } };
          if (before !== undefined && remove) {
            rows.delete(id);
            return factory.remove(before);
          }
          rows.set(id, after);
          return before === undefined ? factory.insert(after) : factory.update(before, after);
        });
        const plain = prepare(records, { document: {} });
        for (const format of EVENT_FORMATS) {
          const last = new Map<string, unknown>();
          const rowOf = new Map<string, string>();
          prepare(records, { format }).forEach(({ outgoing }, index) => {
            const { id, sequence, op, old, new: now } = parseEvent(String(Buffer.from(outgoing?.data ?? [])));
            const bare = parseEvent(String(Buffer.from(plain[index]?.outgoing?.data ?? [])));
            assert.deepEqual({ id, sequence, op }, { id: bare.id, sequence: bare.sequence, op: bare.op });
            const row = outgoing?.partitionKey ?? "";
            const bareRow = plain[index]?.outgoing?.partitionKey ?? "";
            assert.equal(rowOf.get(bareRow) ?? row, row, "a row keeps its partition key");
            rowOf.set(bareRow, row);
            assert.deepEqual(old, last.get(row) ?? null, "new of one event is old of the next");
            last.set(row, now);
          });
          assert.equal(new Set(rowOf.values()).size, rowOf.size, "two rows never share one");
        }
      }),
    );
  });
});

describe("the id of a loaded row", () => {
  it("is made of the key as it goes out: no id without a key can be tried out", () => {
    const document = {
      name: "s",
      engine: "postgres",
      tables: { t: { schema: "p", table: "t", masks: MASKS } },
    };
    const maskOf = (key: string) => readSources(JSON.stringify(document), keyedHash(key)).table("t").mask;
    const load = { streamArn: "arn", startedAt: 1 };
    const idOf = (key: string) => loadRecord(ADA, ["person"], load, maskOf(key)).eventID;
    assert.equal(idOf("one"), idOf("one"));
    assert.notEqual(idOf("one"), idOf("another"));
  });
});
