import assert from "node:assert/strict";
import fc from "fast-check";
import { keyText } from "../../../functions/change";
import type { ChangeEvent } from "../../../functions/changeEvent";
import type { AttributeMap, AttributeValue, StreamRecord } from "../../../functions/dynamoDbStream";
import { UnprocessableRecord } from "../../../functions/unprocessable";
import { eventText, referenceText } from "../../helpers/eventText";
import { StreamRecords } from "../../helpers/streamRecords";

const PAID: AttributeMap = { order_id: { N: "42" }, status: { S: "paid" }, total: { N: "19.90" } };

function eventOf(record: StreamRecord): ChangeEvent {
  return JSON.parse(eventText(record));
}

describe("the event of a stream record", () => {
  it("is one line of JSON that ends in a newline", () => {
    const text = eventText(new StreamRecords().insert({ order_id: { N: "1" }, note: { S: "a\nb" } }));
    assert.equal(text.indexOf("\n"), text.length - 1);
  });

  it("has the row as new, and no old, for an insert", () => {
    assert.deepEqual(eventOf(new StreamRecords().insert(PAID)), {
      v: 1,
      id: "00000000000000000000000000000001",
      op: "insert",
      source: { name: "shop", engine: "postgres", schema: "public", table: "orders" },
      key: { order_id: 42 },
      old: null,
      new: { order_id: 42, status: "paid", total: 19.9 },
      changed: [],
      at: "2026-11-23T14:15:04.000Z",
      sequence: "0000000000000000000100000000000000000001",
    });
  });

  it("has both rows and the columns that differ for an update", () => {
    const event = eventOf(new StreamRecords().update(PAID, { ...PAID, status: { S: "shipped" } }));
    assert.equal(event.op, "update");
    assert.deepEqual(event.old, { order_id: 42, status: "paid", total: 19.9 });
    assert.deepEqual(event.new, { order_id: 42, status: "shipped", total: 19.9 });
    assert.deepEqual(event.changed, ["status"]);
  });

  it("has the row as old, and no new, for a delete", () => {
    const event = eventOf(new StreamRecords().remove(PAID));
    assert.equal(event.op, "delete");
    assert.deepEqual(event.old, { order_id: 42, status: "paid", total: 19.9 });
    assert.equal(event.new, null);
    assert.deepEqual(event.changed, []);
  });

  it("names columns that came and columns that went among the changed", () => {
    const event = eventOf(
      new StreamRecords().update(
        { order_id: { N: "1" }, gone: { S: "x" } },
        { order_id: { N: "1" }, come: { S: "x" } },
      ),
    );
    assert.deepEqual(event.changed, ["come", "gone"]);
    assert.deepEqual(event.old, { order_id: 1, gone: "x" });
    assert.deepEqual(event.new, { order_id: 1, come: "x" });
  });

  it("does not call a column changed whose set only lists its members in another order", () => {
    const before: AttributeMap = { order_id: { N: "1" }, tags: { SS: ["a", "b"] } };
    const event = eventOf(new StreamRecords().update(before, { ...before, tags: { SS: ["b", "a"] } }));
    assert.deepEqual(event.changed, []);
  });

  it("is right for columns named like members that every object inherits", () => {
    const before = JSON.parse(
      '{"order_id":{"N":"1"},"valueOf":{"S":"a"},"__proto__":{"S":"b"}}',
    ) as AttributeMap;
    const after = JSON.parse('{"order_id":{"N":"1"},"constructor":{"S":"c"}}') as AttributeMap;
    const text = eventText(new StreamRecords().update(before, after));
    assert.ok(text.includes('"old":{"order_id":1,"valueOf":"a","__proto__":"b"}'), text);
    assert.ok(text.includes('"new":{"order_id":1,"constructor":"c"}'), text);
    assert.ok(text.includes('"changed":["constructor","valueOf","__proto__"]'), text);
    const back = eventText(new StreamRecords().update(after, before));
    assert.ok(back.includes('"changed":["valueOf","__proto__","constructor"]'), back);
  });

  it("keeps every digit of a number beyond those of a double", () => {
    const digits = "12345678901234567890.123456789012345678";
    const text = eventText(new StreamRecords().insert({ ...PAID, total: { N: digits } }));
    assert.ok(text.includes(`"total":${digits}`), text);
  });

  it("pads the sequence so that it sorts as text", () => {
    const records = new StreamRecords();
    const early = records.insert(PAID);
    const late = records.insert(PAID);
    assert.ok(early.dynamodb && late.dynamodb);
    early.dynamodb.SequenceNumber = "9";
    late.dynamodb.SequenceNumber = "10";
    assert.ok(eventOf(early).sequence < eventOf(late).sequence);
    assert.equal(eventOf(late).sequence, `${"0".repeat(38)}10`);
  });

  it("keeps the fraction of a time that has one", () => {
    const record = new StreamRecords().insert(PAID);
    assert.ok(record.dynamodb);
    record.dynamodb.ApproximateCreationDateTime = 1_795_443_304.25;
    assert.equal(eventOf(record).at, "2026-11-23T14:15:04.250Z");
  });

  it("writes rows without columns", () => {
    const event = eventOf(
      new StreamRecords("shop-orders", ["k"]).update({ k: { S: "a" } }, { k: { S: "a" } }),
    );
    assert.deepEqual(event.changed, []);
    const record = new StreamRecords("shop-orders", ["k"]).update({ k: { S: "a" } }, { k: { S: "a" } });
    assert.deepEqual(
      eventOf({ ...record, dynamodb: { ...record.dynamodb, OldImage: {}, NewImage: {} } }).old,
      {},
    );
  });
});

describe("a stream record that cannot become an event", () => {
  type Spoil = (record: Required<StreamRecord>) => StreamRecord;
  const dynamodb =
    (members: StreamRecord["dynamodb"]): Spoil =>
    (record) => ({ ...record, dynamodb: { ...record.dynamodb, ...members } });
  const cases: [what: string, spoil: Spoil, reason: string][] = [
    ["no eventID", ({ eventID: _, ...rest }) => rest, "the record has no eventID"],
    [
      "an unknown eventName",
      (record) => ({ ...record, eventName: "TRUNCATE" }),
      "the record's eventName is none of INSERT, MODIFY and REMOVE",
    ],
    ["no Keys", dynamodb({ Keys: undefined }), "the record has no Keys"],
    ["an empty key", dynamodb({ Keys: {} }), "the record's key is empty"],
    [
      "no image",
      dynamodb({ OldImage: undefined, StreamViewType: "NEW_IMAGE" }),
      "the record has no OldImage: its stream's view type is NEW_IMAGE and must be NEW_AND_OLD_IMAGES",
    ],
    ["no sequence number", dynamodb({ SequenceNumber: undefined }), "the record has no SequenceNumber"],
    [
      "a sequence number of 41 digits",
      dynamodb({ SequenceNumber: "1".repeat(41) }),
      "the record's SequenceNumber is not a number of up to 40 digits",
    ],
    [
      "no time",
      dynamodb({ ApproximateCreationDateTime: undefined }),
      "the record has no ApproximateCreationDateTime",
    ],
    [
      "a time in milliseconds",
      dynamodb({ ApproximateCreationDateTime: 1_795_443_304_000 }),
      "the record's ApproximateCreationDateTime is not a number of seconds",
    ],
    [
      "a number that is none",
      dynamodb({ NewImage: { total: { N: "secret" } } }),
      'column "total" is of type N and holds no decimal number',
    ],
  ];
  for (const [what, spoil, reason] of cases) {
    it(`is refused with the reason: ${what}`, () => {
      const record = new StreamRecords().update(PAID, PAID) as Required<StreamRecord>;
      assert.throws(() => eventText(spoil(record)), new UnprocessableRecord(reason));
    });
  }
});

describe("the event that stands for one too large", () => {
  const reference = {
    bucket: "failures",
    key: "oversize/o/1.json",
    bytes: 2_000_000,
    sha256: "ab".repeat(32),
  };
  const record = new StreamRecords().update(PAID, { ...PAID, status: { S: "shipped" } });

  it("is the same but for old and new, which are null, and the reference", () => {
    const whole = eventOf(record);
    const event = JSON.parse(referenceText(record, reference));
    assert.deepEqual(event, { ...whole, old: null, new: null, ref: reference });
  });
});

/** What a value is in JSON, by way of objects: slower, and only for numbers that a double holds. */
function plain(value: AttributeValue): unknown {
  if (value.N !== undefined) {
    return Number(value.N);
  }
  if (value.L !== undefined) {
    return value.L.map(plain);
  }
  if (value.M !== undefined) {
    return plainMap(value.M);
  }
  if (value.NULL !== undefined) {
    return null;
  }
  return value.S ?? value.BOOL ?? value.B ?? value.SS ?? value.BS ?? value.NS?.map(Number);
}

function plainMap(map: AttributeMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, plain(value)]));
}

describe("the event of any stream record", () => {
  const text = fc.string({ unit: "grapheme" });
  const name = fc.oneof(text, fc.constantFrom("a", "b", "c", "constructor", "toString", '"'));
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map(String);
  const { value } = fc.letrec<{ value: AttributeValue; map: AttributeMap }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.record({ S: text }),
      fc.record({ N: number }),
      fc.record({ BOOL: fc.boolean() }),
      fc.record({ NULL: fc.constant(true) }),
      fc.record({ B: fc.base64String() }),
      fc.record({ SS: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }) }),
      fc.record({ NS: fc.uniqueArray(number, { minLength: 1, maxLength: 3 }) }),
      fc.record({ L: fc.array(tie("value"), { maxLength: 3 }) }),
      fc.record({ M: tie("map") }),
    ),
    map: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  }));
  const item = fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: true });

  it("holds the same rows as a conversion by way of objects does", () => {
    fc.assert(
      fc.property(item, item, fc.boolean(), (one, two, alike) => {
        const key: AttributeMap = { order_id: { N: "1" } };
        const before = { ...one, ...key };
        const after = alike ? { ...one, ...two, ...key } : { ...two, ...key };
        const event = eventOf(new StreamRecords().update(before, after));
        assert.deepEqual(event.old, JSON.parse(JSON.stringify(plainMap(before))));
        assert.deepEqual(event.new, JSON.parse(JSON.stringify(plainMap(after))));
      }),
    );
  });

  it("calls exactly those columns changed that it must copy to turn old into new", () => {
    fc.assert(
      fc.property(item, item, (one, two) => {
        const key: AttributeMap = { order_id: { N: "1" } };
        const before = { ...one, ...key };
        const after: AttributeMap = { ...one, ...two, ...key };
        const { changed, old } = eventOf(new StreamRecords().update(before, after));
        for (const column of Object.keys(two)) {
          const kept =
            old !== null &&
            Object.hasOwn(old, column) &&
            canonical(before[column]) === canonical(after[column]);
          assert.equal(changed.includes(column as never), !kept && column !== "order_id", column);
        }
        assert.equal(new Set(changed).size, changed.length);
      }),
    );
  });

  it("has the same key text however the record orders its key", () => {
    fc.assert(
      fc.property(item, (keys) => {
        fc.pre(Object.keys(keys).length > 0);
        const reversed = Object.fromEntries(Object.entries(keys).reverse());
        assert.equal(keyText(keys), keyText(reversed));
      }),
    );
  });
});

/** The same text for the same value: the members of sets and maps in one order. */
function canonical(value: AttributeValue | undefined): string {
  return JSON.stringify(value, (type, member) => {
    if (type === "SS" || type === "NS" || type === "BS") {
      return Array.isArray(member) ? [...member].sort() : member;
    }
    const isMap = typeof member === "object" && member !== null && !Array.isArray(member);
    return isMap ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member;
  });
}
