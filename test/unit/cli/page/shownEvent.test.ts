import assert from "node:assert/strict";
import { shownEvent } from "../../../../cli/page/shownEvent";
import { readRecord } from "../../../../cli/stream/readRecord";
import { EVENT_FORMATS } from "../../../../functions/formats/format";
import type { ShownEvent } from "../../../../page/model/wire";
import { eventText, referenceText } from "../../../helpers/eventText";
import { FIRST_SECOND, StreamRecords } from "../../../helpers/streamRecords";

const LONG_NUMBER = "12345678901234567890123456789012345678";
const BEFORE = {
  order_id: { N: "42" },
  total: { N: LONG_NUMBER },
  status: { S: "placed" },
  vip: { BOOL: true },
};
const AFTER = {
  order_id: { N: "42" },
  total: { N: LONG_NUMBER },
  status: { S: "paid" },
  tags: { L: [{ N: LONG_NUMBER }] },
};

function shown(text: string, arrivedAt?: Date): ShownEvent {
  const event = readRecord(Buffer.from(text));
  assert.ok(event, text);
  return shownEvent(event, 7, arrivedAt);
}

describe("an event as the page shows it", () => {
  for (const format of EVENT_FORMATS) {
    it(`has both rows of an update as text, every digit of them, in the format ${format}`, () => {
      const event = shown(eventText(new StreamRecords().update(BEFORE, AFTER), format));
      assert.deepEqual(
        [event.n, event.op, event.table, event.key, event.keyColumns, event.hidden],
        [7, "update", "public.orders", "order_id=42", 1, 0],
      );
      assert.deepEqual(event.columns[0], { name: "order_id", old: "42", new: "42", changed: false });
      assert.deepEqual(
        event.columns.slice(1).sort((a, b) => a.name.localeCompare(b.name)),
        [
          { name: "status", old: "placed", new: "paid", changed: true },
          { name: "tags", old: null, new: `[${LONG_NUMBER}]`, changed: true },
          { name: "total", old: LONG_NUMBER, new: LONG_NUMBER, changed: false },
          { name: "vip", old: "true", new: null, changed: true },
        ],
      );
      assert.equal(event.columns.at(-1)?.name, "total", "what has changed comes first");
    });
  }

  it("tells how long it took from the table to the stream, but not of a load", () => {
    const text = eventText(new StreamRecords().insert(AFTER));
    const arrivedAt = new Date(FIRST_SECOND * 1_000 + 850);
    assert.equal(shown(text, arrivedAt).latencyMs, 850);
    assert.equal(shown(text).latencyMs, null);
    assert.equal(shown(text.replace('"op":"insert"', '"op":"load"'), arrivedAt).latencyMs, null);
    assert.equal(shown(text, new Date(0)).latencyMs, 0, "clocks that differ make no negative time");
  });

  it("says where an event is that was too large for the stream", () => {
    const ref = { bucket: "failures", key: "large/1.json", bytes: 3_000_000, sha256: "0".repeat(64) };
    const event = shown(referenceText(new StreamRecords().insert(AFTER), ref));
    assert.deepEqual([event.ref, event.columns], ["s3://failures/large/1.json", []]);
  });

  it("shows the first characters of a long value, and the first columns of a wide row", () => {
    const wide = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`c${index}`, { S: "x".repeat(700) }]),
    );
    const event = shown(eventText(new StreamRecords().insert({ order_id: { N: "1" }, ...wide })));
    assert.deepEqual([event.columns.length, event.hidden], [200, 101]);
    assert.equal(event.columns[1]?.new, `${"x".repeat(500)}… (700 characters)`);
  });
});

describe("a record of the stream", () => {
  for (const text of [
    "no JSON",
    "42",
    "null",
    '{"v":1,"op":"insert"}',
    '{"v":1,"op":"upsert","source":{"table":"t"},"key":{},"changed":[]}',
    '{"v":2,"op":"insert","source":{"table":"t"},"key":{},"changed":[]}',
    '{"v":1,"op":"insert","source":{"table":"t"},"key":null,"changed":[]}',
    '{"v":1,"op":"toString","source":{"table":"t"},"key":{},"changed":[]}',
  ]) {
    it(`is no event where it is ${text}`, () => assert.equal(readRecord(Buffer.from(text)), undefined));
  }
});
