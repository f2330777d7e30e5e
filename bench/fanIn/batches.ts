import type { AttributeMap, AttributeValue, StreamRecord } from "../../functions/dynamoDbStream";
import { seededRandom } from "../../test/helpers/seededRandom";
import { FIRST_SECOND, StreamRecords } from "../../test/helpers/streamRecords";

/** A batch of stream records, as text: what Lambda hands to the runtime. */
export interface Batch {
  name: string;
  text(): string;
}

type Column = (random: () => number) => AttributeValue;

const WORDS = "a legacy row of the shop with its status place and some words of text".split(" ");

function words(random: () => number, count: number): string {
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
}

function digits(random: () => number, count: number): string {
  return Array.from(
    { length: count },
    (_, at) => Math.floor(random() * (at === 0 ? 9 : 10)) + (at === 0 ? 1 : 0),
  ).join("");
}

const shortText: Column = (random) => ({ S: words(random, 3) });
const number: Column = (random) => ({ N: (random() * 10_000).toFixed(2) });
const time: Column = (random) => ({ S: new Date(1.7e12 + Math.floor(random() * 1e10)).toISOString() });
const truth: Column = (random) => ({ BOOL: random() < 0.5 });
const USUAL = [shortText, number, time, shortText, number, truth];

const longText: Column = (random) => ({ S: `"${words(random, 400)}"\n` });
const longNumber: Column = (random) => ({ N: `${digits(random, 20)}.${digits(random, 18)}` });
const nested: Column = (random) => ({
  M: {
    address: { M: { street: shortText(random), number: number(random) } },
    tags: { L: [shortText(random), shortText(random), number(random)] },
    seen: { SS: ["a", "b", "c"] },
  },
});

function row(random: () => number, id: number, columns: number, kinds: readonly Column[]): AttributeMap {
  const item: Record<string, AttributeValue> = { order_id: { N: String(id) } };
  for (let column = 1; column < columns; column += 1) {
    item[`column_${column}`] = (kinds[column % kinds.length] as Column)(random);
  }
  return item;
}

/** What a statement of an application changes: two columns of a row. */
function changed(random: () => number, item: AttributeMap, kinds: readonly Column[]): AttributeMap {
  const after: Record<string, AttributeValue> = { ...item };
  for (const column of [1, 2]) {
    after[`column_${column}`] = (kinds[column % kinds.length] as Column)(random);
  }
  return after;
}

/** How busy the table is: the records of a batch share their seconds, as DynamoDB rounds the time of a change. */
const CHANGES_A_SECOND = 100;

function atSecond(record: StreamRecord, second: number): StreamRecord {
  return {
    ...record,
    dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: FIRST_SECOND + second },
  };
}

/** The batches: each of `records` records with seeded values, so that every run measures the same bytes. */
export function batches(records: number): Batch[] {
  const batch = (
    name: string,
    columns: number,
    kinds: readonly Column[],
    make: (stream: StreamRecords, item: AttributeMap, random: () => number) => StreamRecord,
  ): Batch => {
    const text = () => {
      const random = seededRandom(1);
      const stream = new StreamRecords();
      const list = Array.from({ length: records }, (_, index) =>
        atSecond(
          make(stream, row(random, index, columns, kinds), random),
          Math.floor(index / CHANGES_A_SECOND),
        ),
      );
      return JSON.stringify({ Records: list });
    };
    return { name, text };
  };
  const update =
    (kinds: readonly Column[]) => (stream: StreamRecords, item: AttributeMap, random: () => number) =>
      stream.update(item, changed(random, item, kinds));
  return [
    batch("updates, 10 columns", 10, USUAL, update(USUAL)),
    batch("updates, 100 columns", 100, USUAL, update(USUAL)),
    batch("inserts, 10 columns", 10, USUAL, (stream, item) => stream.insert(item)),
    batch("deletes, 10 columns", 10, USUAL, (stream, item) => stream.remove(item)),
    batch("updates, nested maps", 10, [nested, shortText, number], update([nested, shortText, number])),
    batch("updates, long texts", 10, [longText, shortText, number], update([longText, shortText, number])),
    batch(
      "updates, 38-digit numbers",
      10,
      [longNumber, longNumber, shortText],
      update([longNumber, longNumber, shortText]),
    ),
  ];
}
