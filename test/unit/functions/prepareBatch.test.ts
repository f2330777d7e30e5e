import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { StreamRecord } from "../../../functions/dynamoDbStream";
import { type PreparedRecord, prepareBatch } from "../../../functions/prepareBatch";
import { sizeOf } from "../../../functions/rowQueue";
import { readSources } from "../../../functions/sources";
import { StreamRecords, sourcesOf } from "../../helpers/streamRecords";

const MAX_RECORD_BYTES = 1_000;

function prepare(...records: StreamRecord[]): PreparedRecord[] {
  return prepareBatch(records, {
    sources: readSources(sourcesOf("shop-orders")),
    maxRecordBytes: MAX_RECORD_BYTES,
    bucket: "failures",
  });
}

function prepareOne(record: StreamRecord): PreparedRecord {
  const [prepared] = prepare(record);
  assert.ok(prepared);
  return prepared;
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

function insert(note: string): StreamRecord {
  return new StreamRecords().insert({ order_id: { N: "1" }, note: { S: note } });
}

describe("preparing a batch", () => {
  it("publishes an event that fits and stores nothing", () => {
    const { outgoing, object, unprocessable } = prepareOne(insert("a"));
    assert.equal(JSON.parse(textOf(outgoing?.data)).new.note, "a");
    assert.equal(object, undefined);
    assert.equal(unprocessable, undefined);
  });

  it("lets an event fill the limit to the byte, its partition key counted in", () => {
    const { outgoing: smallest } = prepareOne(insert(""));
    assert.ok(smallest);
    const room = MAX_RECORD_BYTES - sizeOf(smallest);
    const { outgoing, object } = prepareOne(insert("x".repeat(room)));
    assert.ok(outgoing);
    assert.equal(sizeOf(outgoing), MAX_RECORD_BYTES);
    assert.equal(object, undefined);
    assert.notEqual(prepareOne(insert("x".repeat(room + 1))).object, undefined);
  });

  it("measures bytes, not characters", () => {
    assert.equal(prepareOne(insert("é".repeat(300))).object, undefined);
    assert.notEqual(prepareOne(insert("é".repeat(400))).object, undefined);
  });

  it("stores an event that does not fit whole, and publishes one in its place that names it", () => {
    const { outgoing, object } = prepareOne(insert("x".repeat(1_000)));
    const whole = textOf(object?.body);
    assert.equal(object?.key, "oversize/shop-orders/2026/11/23/00000000000000000000000000000001.json");
    assert.equal(JSON.parse(whole).new.note.length, 1_000);
    assert.ok(whole.endsWith("\n"));
    assert.deepEqual(JSON.parse(textOf(outgoing?.data)), {
      ...JSON.parse(whole),
      new: null,
      ref: {
        bucket: "failures",
        key: object?.key,
        bytes: Buffer.byteLength(whole),
        sha256: createHash("sha256").update(whole).digest("hex"),
      },
    });
  });

  it("keeps the names of the changed columns of such an event, unless they alone are too many", () => {
    const records = new StreamRecords();
    const columns = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`column_${n}`, { S: "x".repeat(500) }]));
    const changedOf = (count: number) => {
      const item = { order_id: { N: "1" } };
      const { outgoing } = prepareOne(records.update(item, { ...item, ...columns(count) }));
      assert.ok(outgoing);
      assert.ok(sizeOf(outgoing) <= MAX_RECORD_BYTES);
      return JSON.parse(textOf(outgoing.data)).changed;
    };
    assert.deepEqual(changedOf(3), ["column_0", "column_1", "column_2"]);
    assert.deepEqual(changedOf(100), []);
  });

  it("gives the same bytes and keys for the same record every time", () => {
    const record = insert("x".repeat(1_000));
    assert.deepEqual(prepareOne(record), prepareOne(structuredClone(record)));
  });

  it("stores a record that cannot become an event, with the reason", () => {
    const record = { ...insert("secret"), eventName: "BROKEN" };
    const { outgoing, object, unprocessable } = prepareOne(record);
    assert.equal(outgoing, undefined);
    assert.equal(object?.key, "unprocessable/shop-orders/2026/11/23/00000000000000000000000000000001.json");
    assert.deepEqual(JSON.parse(textOf(object?.body)), { reason: unprocessable, record });
    assert.equal(unprocessable, "the record's eventName is none of INSERT, MODIFY and REMOVE");
  });

  const strange: [what: string, record: StreamRecord, key: RegExp, reason: RegExp][] = [
    ["is empty", {}, /^unprocessable\/unknown\/undated\/[0-9a-f]{64}\.json$/, /eventSourceARN/],
    [
      "has no eventID",
      { ...insert("a"), eventID: undefined },
      /^unprocessable\/shop-orders\/2026\/11\/23\/[0-9a-f]{64}\.json$/,
      /eventID/,
    ],
    [
      "has an eventID with a slash",
      { ...insert("a"), eventID: "../a/b", eventName: "?" },
      /\/23\/\.\.%2Fa%2Fb\.json$/,
      /eventName/,
    ],
    [
      "is malformed",
      { ...insert("a"), dynamodb: { ...insert("a").dynamodb, NewImage: JSON.parse('{"a":null}') } },
      /^unprocessable\/shop-orders\//,
      /^the record is malformed$/,
    ],
    [
      "has a time in milliseconds",
      {
        ...insert("a"),
        dynamodb: { ...insert("a").dynamodb, ApproximateCreationDateTime: 1_795_443_304_000 },
      },
      /^unprocessable\/shop-orders\/undated\//,
      /is not a number of seconds$/,
    ],
    [
      "comes from no table's stream",
      { ...insert("a"), eventSourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/changes" },
      /^unprocessable\/unknown\/2026\/11\/23\//,
      /eventSourceARN/,
    ],
  ];
  for (const [what, record, key, reason] of strange) {
    it(`finds a place for a record that ${what}`, () => {
      const { object, unprocessable } = prepareOne(record);
      assert.match(object?.key ?? "", key);
      assert.match(unprocessable ?? "", reason);
    });
  }

  it("answers for every record in its place", () => {
    const prepared = prepare(insert("a"), { ...insert("b"), eventName: "BROKEN" }, insert("x".repeat(1_000)));
    assert.deepEqual(
      prepared.map(({ outgoing, object }) => [outgoing !== undefined, object !== undefined]),
      [
        [true, false],
        [false, true],
        [true, true],
      ],
    );
  });

  it("refuses the batch when it does not know a table, for that is not the record's fault", () => {
    assert.throws(
      () => prepare(new StreamRecords("shop-payments").insert({ order_id: { N: "1" } })),
      /shop-payments/,
    );
  });

  it("turns anything at all into a record or an object", () => {
    const spoilt = fc.record(
      {
        eventID: fc.anything(),
        eventName: fc.oneof(fc.constantFrom("INSERT", "MODIFY", "REMOVE"), fc.anything()),
        eventSourceARN: fc.anything(),
        dynamodb: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const spoiltChange = fc.record(
      {
        ApproximateCreationDateTime: fc.anything(),
        Keys: fc.anything(),
        OldImage: fc.anything(),
        NewImage: fc.anything(),
        SequenceNumber: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const good = insert("a");
    fc.assert(
      fc.property(
        fc.oneof(
          spoilt,
          spoiltChange.map((change) => ({ dynamodb: { ...good.dynamodb, ...change } })),
        ),
        (members) => {
          const record = JSON.parse(JSON.stringify({ ...good, ...members }, bigintAsText));
          const { outgoing, object } = prepareOne(record);
          assert.ok(outgoing ?? object);
          assert.ok(outgoing === undefined || JSON.parse(textOf(outgoing.data)).v === 1);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
