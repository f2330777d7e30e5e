import assert from "node:assert/strict";
import fc from "fast-check";
import type { AttributeMap, AttributeValue, StreamRecord } from "../../../../functions/dynamoDbStream";
import { EVENT_FORMATS, type EventFormat } from "../../../../functions/formats/format";
import { parseEvent } from "../../../../functions/parseEvent";
import { prepareBatch } from "../../../../functions/prepareBatch";
import { readSources } from "../../../../functions/sources";
import { StreamRecords, sourcesOf } from "../../../helpers/streamRecords";

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.string({ unit: "binary" }).map((S) => ({ S })),
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map((N) => ({ N: String(N) })),
  fc.boolean().map((BOOL) => ({ BOOL })),
);

const row = fc.dictionary(fc.stringMatching(/^[a-z][a-z ]{0,3}$/), value, { maxKeys: 6 });

/** What is done to rows: each gets a row's number and how it is from then on; null takes it away. */
const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.option(row)), { maxLength: 12 });

/** The records of a table's stream for a history. */
function recordsOf(changes: readonly (readonly [number, AttributeMap | null])[]): StreamRecord[] {
  const records = new StreamRecords();
  const rows = new Map<number, AttributeMap>();
  return changes.flatMap(([id, columns]) => {
    const before = rows.get(id);
    if (columns === null) {
      rows.delete(id);
      return before === undefined ? [] : [records.remove(before)];
    }
    const after = { order_id: { N: String(id) }, ...columns };
    rows.set(id, after);
    return [before === undefined ? records.insert(after) : records.update(before, after)];
  });
}

function prepare(records: readonly StreamRecord[], format: EventFormat, maxRecordBytes: number) {
  const sources = JSON.stringify({ ...JSON.parse(sourcesOf("shop-orders")), format });
  return prepareBatch(records, { sources: readSources(sources), maxRecordBytes, bucket: "failures" });
}

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

describe("every format", () => {
  it("says the same of every change, in the same order, under the same partition keys", () => {
    fc.assert(
      fc.property(history, (changes) => {
        const records = recordsOf(changes);
        const plain = prepare(records, "rowstream", 10 ** 6);
        for (const format of EVENT_FORMATS) {
          const prepared = prepare(records, format, 10 ** 6);
          assert.deepEqual(
            prepared.map(({ outgoing }) => outgoing?.partitionKey),
            plain.map(({ outgoing }) => outgoing?.partitionKey),
          );
          assert.deepEqual(
            prepared.map(({ outgoing }) => parseEvent(textOf(outgoing?.data))),
            plain.map(({ outgoing }) => parseEvent(textOf(outgoing?.data))),
          );
        }
      }),
    );
  });

  it("keeps an event that is too large whole in the bucket, in its own shape, and within the limit on the stream", () => {
    fc.assert(
      fc.property(history, (changes) => {
        const records = recordsOf(changes);
        for (const format of EVENT_FORMATS) {
          for (const [index, { outgoing, object }] of prepare(records, format, 1).entries()) {
            const [whole] = prepare(records.slice(index, index + 1), format, 10 ** 6);
            assert.equal(textOf(object?.body), textOf(whole?.outgoing?.data));
            const { old, new: now, ref, key, id } = parseEvent(textOf(outgoing?.data));
            assert.equal(old ?? now, null);
            assert.equal(ref?.key, object?.key);
            assert.deepEqual({ key, id }, pick(parseEvent(textOf(object?.body))));
          }
        }
      }),
    );
  });
});

function pick({ key, id }: ReturnType<typeof parseEvent>) {
  return { key, id };
}
