import assert from "node:assert/strict";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import type { OnStreamRecord } from "../../../automation/redrive/changeStreamReader";
import { currentRows } from "../../../automation/redrive/currentRows";
import { failedRecord, itemDigest } from "../../../automation/redrive/failedRecord";
import { readMappingObject, readUnprocessableReason } from "../../../automation/redrive/failureObject";
import { isComplete, type RedriveResult } from "../../../automation/redrive/redriveResult";
import { type RedriveParts, runRedrive } from "../../../automation/redrive/runRedrive";
import type { AttributeMap, StreamRecord } from "../../../functions/dynamoDbStream";
import { keyedHash } from "../../../functions/mask";
import { parseEvent } from "../../../functions/parseEvent";
import { readSources } from "../../../functions/sources";
import { seededRandom } from "../../helpers/seededRandom";
import { StreamRecords, sourcesOf } from "../../helpers/streamRecords";

const OPTIONS = {
  sources: readSources(sourcesOf("shop-orders")),
  bucket: "failures",
  maxRecordBytes: 1 << 20,
};

function convert(record: StreamRecord) {
  return failedRecord(record, OPTIONS);
}

/** A table, its stream's records, the bucket and the change stream, all in memory. */
class World {
  readonly objects = new Map<string, string>();
  /** What the change stream holds: records in order. */
  readonly stream: { partitionKey: string; data: Uint8Array }[] = [];
  /** Records whose events arrive in the change stream with the next readings of it, one each. */
  readonly onTheWay: StreamRecord[] = [];
  readonly items = new Map<number, AttributeMap>();
  readonly records = new StreamRecords();
  holdsFrom = 0;
  fault: (what: "publish" | "move") => boolean = () => false;
  private versions = 0;

  /** Changes a row; the change's record. */
  change(id: number, remove = false): StreamRecord {
    const before = this.items.get(id);
    this.versions += 1;
    const after = { order_id: { N: String(id) }, v: { N: String(this.versions) } };
    if (remove && before !== undefined) {
      this.items.delete(id);
      return this.records.remove(before);
    }
    this.items.set(id, after);
    return before === undefined ? this.records.insert(after) : this.records.update(before, after);
  }

  publish(record: StreamRecord): void {
    const converted = convert(record);
    assert.ok(converted && "outgoing" in converted);
    this.stream.push(converted.outgoing);
  }

  fail(name: string, ...records: StreamRecord[]): void {
    this.objects.set(
      `aws/lambda/uuid/${name}`,
      JSON.stringify({ payload: JSON.stringify({ Records: records }) }),
    );
  }

  redrive(options: Partial<RedriveParts> = {}): Promise<RedriveResult> {
    return runRedrive({
      store: {
        list: async (prefix) => [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
        read: async (key) => this.objects.get(key),
        setAside: async (key) => {
          this.break("move");
          this.objects.set(`redriven/${key}`, this.objects.get(key) ?? "");
          this.objects.delete(key);
        },
      },
      facts: { holdsFrom: this.holdsFrom, maxRecordBytes: OPTIONS.maxRecordBytes },
      convert,
      label: (name) => name.replace("shop-", "public."),
      readFrom: () => this.reader(),
      currentRows: async (rows) =>
        new Map(
          rows.flatMap(({ row, itemKey }) => {
            const item = this.items.get(Number(itemKey.order_id?.N));
            return item === undefined ? [] : [[row, itemDigest(item)]];
          }),
        ),
      publish: async (records) => {
        const broken = records.findIndex(() => this.fault("publish"));
        this.stream.push(...records.slice(0, broken === -1 ? records.length : broken));
        return {
          firstUnpublished: broken === -1 ? undefined : broken,
          calls: 1,
          failures: 0,
          lastError: broken === -1 ? undefined : "Throttled",
        };
      },
      putObject: async ({ key, body }) => {
        this.objects.set(key, Buffer.from(body).toString());
      },
      dryRun: false,
      force: false,
      settleMs: 0,
      ...options,
    });
  }

  private reader(): (onRecord: OnStreamRecord) => Promise<void> {
    let position = 0;
    return async (onRecord) => {
      const arrived = this.onTheWay.shift();
      if (arrived !== undefined) {
        this.publish(arrived);
      }
      for (; position < this.stream.length; position += 1) {
        const { partitionKey = "", data = new Uint8Array() } = this.stream[position] ?? {};
        onRecord(partitionKey, data);
      }
    };
  }

  private break(what: "publish" | "move"): void {
    if (this.fault(what)) {
      throw new Error(`broken at ${what}`);
    }
  }

  /** The events in the stream. */
  events(): { id: string; sequence: string; key: { order_id: number }; new: { v: number } | null }[] {
    return this.stream.map(({ data }) => JSON.parse(Buffer.from(data).toString()));
  }

  ids(): string[] {
    return this.events().map(({ id }) => id);
  }
}

/** Makes changes: those from a step on are on their way, others are published or fail. Returns what failed. */
function play(
  world: World,
  steps: readonly { row: number; remove: boolean; failed: boolean }[],
  wayFrom: number,
): StreamRecord[] {
  const lost: StreamRecord[] = [];
  for (const [index, { row, remove, failed }] of steps.entries()) {
    const record = world.change(row, remove);
    if (index >= wayFrom) {
      world.onTheWay.push(record);
    } else if (failed) {
      lost.push(record);
    } else {
      world.publish(record);
    }
  }
  return lost;
}

/** Redrives, with faults to begin with, until nothing is left. Returns the ids that were said to be overtaken. */
async function redriveUntilDone(world: World, random: () => number, faults: number): Promise<Set<string>> {
  const overtaken = new Set<string>();
  for (let attempt = 0; attempt < 60; attempt += 1) {
    world.fault = () => attempt < 20 && random() < faults;
    const result = await world.redrive().catch(() => undefined);
    for (const { id } of result?.overtaken ?? []) {
      overtaken.add(id);
    }
    if (result !== undefined && isComplete(result)) {
      break;
    }
  }
  assert.ok(![...world.objects.keys()].some((key) => key.startsWith("aws/")), "an object is left");
  return overtaken;
}

/** What a consumer makes of the events that drops repeats: each row's version, undefined where it is deleted. */
function fold(world: World): Map<number, number | undefined> {
  const seen = new Set<string>();
  const last = new Map<number, string>();
  const state = new Map<number, number | undefined>();
  for (const event of world.events().filter(({ id }) => !seen.has(id) && seen.add(id))) {
    const { key, sequence } = event;
    assert.ok((last.get(key.order_id) ?? "") < sequence, "out of order");
    last.set(key.order_id, sequence);
    state.set(key.order_id, event.new?.v);
  }
  return state;
}

const ids = (...records: StreamRecord[]) => records.map(({ eventID }) => eventID);

describe("redrive", () => {
  it("publishes what a mapping gave up on, in order, and sets its object aside", async () => {
    const world = new World();
    const [one, two] = [world.change(1), world.change(1)];
    world.fail("a", one, two);
    const result = await world.redrive();
    assert.deepEqual(world.ids(), ids(one, two));
    assert.equal(result.published, 2);
    assert.deepEqual([...world.objects.keys()], ["redriven/aws/lambda/uuid/a"]);
    assert.ok(isComplete(result));
  });

  it("publishes nothing more when it is run again", async () => {
    const world = new World();
    world.fail("a", world.change(1));
    await world.redrive();
    assert.equal((await world.redrive()).published, 0);
    assert.equal(world.stream.length, 1);
  });

  it("leaves out and names what a later event of the row has overtaken, and only that", async () => {
    const world = new World();
    const [old, other] = [world.change(1), world.change(2)];
    world.fail("a", old, other);
    world.publish(world.change(1));
    const result = await world.redrive();
    assert.deepEqual(
      result.overtaken.map(({ table, key, id }) => [table, key, id]),
      [["public.orders", '{"order_id":1}', old.eventID]],
    );
    assert.equal(result.published, 1);
    assert.equal(world.ids().at(-1), other.eventID);
    assert.ok(isComplete(result));
  });

  it("does not take an earlier event of the row for a later one", async () => {
    const world = new World();
    world.publish(world.change(1));
    const later = world.change(1);
    world.fail("a", later);
    assert.equal((await world.redrive()).published, 1);
  });

  it("does not publish twice what more than one object holds, or the stream has already", async () => {
    const world = new World();
    const [one, two] = [world.change(1), world.change(1)];
    world.publish(one);
    world.fail("a", one, two);
    world.fail("b", two);
    const result = await world.redrive();
    assert.deepEqual(world.ids(), ids(one, two));
    assert.deepEqual([result.published, result.alreadyPublished, result.overtaken.length], [1, 2, 0]);
  });

  it("waits for the event of a later change that is on its way, which overtakes", async () => {
    const world = new World();
    world.fail("a", world.change(1));
    const later = world.change(1);
    const unrelated = world.change(2);
    world.onTheWay.push(unrelated, later);
    const result = await world.redrive({ settleMs: 20_000 });
    assert.equal(result.overtaken.length, 1);
    assert.deepEqual(world.ids(), ids(unrelated, later));
  });

  it("holds an event back while a later change of its row has no event, unless it is forced", async () => {
    const world = new World();
    const record = world.change(1);
    world.fail("a", record);
    world.change(1);
    const result = await world.redrive();
    assert.match(result.held[0]?.reason ?? "", /has changed since/);
    assert.deepEqual([world.stream.length, result.objects.left, isComplete(result)], [0, 1, false]);
    assert.ok(world.objects.has("aws/lambda/uuid/a"));
    assert.equal((await world.redrive({ force: true })).published, 1);
    assert.deepEqual(world.ids(), ids(record));
  });

  it("holds back what the stream does not reach back to, unless it is forced", async () => {
    const world = new World();
    const record = world.change(1);
    world.fail("a", record);
    world.holdsFrom = (record.dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;
    assert.match((await world.redrive()).held[0]?.reason ?? "", /no longer reaches back/);
    assert.equal(world.stream.length, 0);
    assert.equal((await world.redrive({ force: true })).published, 1);
  });

  it("does not force what is known to be overtaken", async () => {
    const world = new World();
    world.fail("a", world.change(1));
    world.publish(world.change(1));
    assert.equal((await world.redrive({ force: true })).overtaken.length, 1);
    assert.equal(world.stream.length, 1);
  });

  it("changes nothing in a dry run, and says what it would do", async () => {
    const world = new World();
    world.fail("a", world.change(1));
    world.fail("b", world.change(2));
    world.publish(world.change(2));
    const result = await world.redrive({ dryRun: true });
    assert.deepEqual([result.published, result.overtaken.length, result.objects.redriven], [1, 1, 2]);
    assert.equal(world.stream.length, 1);
    assert.deepEqual([...world.objects.keys()], ["aws/lambda/uuid/a", "aws/lambda/uuid/b"]);
  });

  it("takes an object's event for overtaken where another object had a later one", async () => {
    const world = new World();
    const [one, two, three] = [world.change(1), world.change(1), world.change(1)];
    world.fail("a", one, three);
    world.fail("b", two);
    const dry = await world.redrive({ dryRun: true });
    const result = await world.redrive();
    for (const { published, overtaken } of [dry, result]) {
      assert.deepEqual([published, overtaken.map(({ id }) => id)], [2, ids(two)]);
    }
    assert.deepEqual(world.ids(), ids(one, three));
  });

  it("names what cannot be recovered, keeps its object, and recovers the rest of it", async () => {
    const world = new World();
    const broken = { ...world.change(1), eventName: "BROKEN" };
    const foreign = new StreamRecords("elsewhere").insert({ order_id: { N: "1" } });
    const good = world.change(2);
    world.fail("a", broken, foreign, good);
    world.objects.set("aws/lambda/uuid/b", "no JSON");
    world.objects.set(
      "unprocessable/shop-orders/x.json",
      JSON.stringify({ reason: "no NewImage", record: {} }),
    );
    world.objects.set("oversize/shop-orders/y.json", "{}");
    const result = await world.redrive();
    assert.deepEqual(world.ids(), ids(good));
    assert.deepEqual(
      result.unrecoverable.map(({ object, id }) => [object, id]),
      [
        ["unprocessable/shop-orders/x.json", undefined],
        ["aws/lambda/uuid/a", broken.eventID],
        ["aws/lambda/uuid/a", foreign.eventID],
        ["aws/lambda/uuid/b", undefined],
      ],
    );
    assert.match(result.unrecoverable[1]?.reason ?? "", /eventName/);
    assert.match(result.unrecoverable[2]?.reason ?? "", /"elsewhere" is not among/);
    assert.deepEqual(result.objects, { redriven: 0, left: 2 });
    assert.ok(!isComplete(result));
  });

  it("stops at the first event that the stream refuses, and a later run goes on", async () => {
    const world = new World();
    const records = [world.change(1), world.change(1), world.change(2)];
    world.fail("a", records[0] as StreamRecord);
    world.fail("b", ...records.slice(1));
    let calls = 0;
    world.fault = (what) => {
      calls += 1;
      return what === "publish" && calls > 2;
    };
    const broken = await world.redrive();
    assert.deepEqual(broken.objects, { redriven: 1, left: 1 });
    assert.match(broken.held[0]?.reason ?? "", /did not take it: Throttled/);
    world.fault = () => false;
    assert.ok(isComplete(await world.redrive()));
    assert.deepEqual(world.ids(), ids(...records));
  });

  it("says so when a later event of the row came first while it was publishing", async () => {
    const world = new World();
    const record = world.change(1);
    world.fail("a", record);
    const result = await world.redrive({
      publish: async (records) => {
        world.publish(world.change(1));
        world.stream.push(...records);
        return { firstUnpublished: undefined, calls: 1, failures: 0, lastError: undefined };
      },
    });
    assert.deepEqual(
      result.late.map(({ id }) => id),
      ids(record),
    );
    assert.ok(!isComplete(result));
  });

  it("loses nothing and reorders nothing, whatever failed, is on its way or breaks", async () => {
    const step = fc.record({
      row: fc.integer({ min: 1, max: 4 }),
      remove: fc.boolean(),
      failed: fc.boolean(),
    });
    const given = fc.record({
      seed: fc.integer(),
      steps: fc.array(step, { minLength: 1, maxLength: 40 }),
      objectSize: fc.integer({ min: 1, max: 8 }),
      onTheWay: fc.integer({ min: 0, max: 5 }),
      faults: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ seed, steps, objectSize, onTheWay, faults }) => {
        const world = new World();
        const failed = play(world, steps, steps.length - onTheWay);
        for (let start = 0; start < failed.length; start += objectSize) {
          world.fail(String((start * 7919) % 1000), ...failed.slice(start, start + objectSize));
        }
        const overtaken = await redriveUntilDone(world, seededRandom(seed), faults);
        world.onTheWay.forEach((record) => {
          world.publish(record);
        });
        const published = new Set([...world.ids(), ...overtaken]);
        const lost = failed.filter(({ eventID = "" }) => !published.has(eventID));
        assert.deepEqual(ids(...lost), [], "lost");
        for (const [row, v] of fold(world)) {
          assert.equal(
            v,
            world.items.has(row) ? Number(world.items.get(row)?.v?.N) : undefined,
            "wrong state",
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("an object of the failure bucket", () => {
  const Records = [{ eventID: "1" }];

  it("is read with its payload as text or as an object", () => {
    assert.deepEqual(readMappingObject(JSON.stringify({ payload: JSON.stringify({ Records }) })), {
      records: Records,
    });
    assert.deepEqual(readMappingObject(JSON.stringify({ payload: { Records } })), { records: Records });
  });

  it("without records says where they were", () => {
    const info = { shardId: "s-1", startSequenceNumber: "100", batchSize: 3, streamArn: "arn:x" };
    const content = readMappingObject(JSON.stringify({ DDBStreamBatchInfo: info }));
    assert.match(
      "unrecoverable" in content ? content.unrecoverable : "",
      /3 from 100 on in shard s-1 of arn:x/,
    );
  });

  it("that is something else is not recoverable", () => {
    for (const text of ["", "[]", '{"payload":"x"}', '{"payload":{"Records":[1]}}', "null"]) {
      assert.ok("unrecoverable" in readMappingObject(text), text);
    }
  });

  it("gives the fan-in's reason", () => {
    assert.equal(readUnprocessableReason('{"reason":"no key"}'), "no key");
    assert.match(readUnprocessableReason("{}"), /no reason/);
  });
});

describe("an item's digest", () => {
  it("is the same for the stream's JSON and the SDK's values, in any order", () => {
    const streamed = { a: { B: "AQI=" }, s: { SS: ["x", "y"] }, b: { BS: ["AQ==", "Ag=="] }, n: { N: "1" } };
    const read = {
      n: { N: "1" },
      b: { BS: [Uint8Array.of(2), Uint8Array.of(1)] },
      s: { SS: ["y", "x"] },
      a: { B: Uint8Array.of(1, 2) },
    };
    assert.equal(itemDigest(streamed), itemDigest(read));
  });

  it("differs where a value, its type or the order of a list differs", () => {
    const texts = [
      { a: { S: "1" } },
      { a: { N: "1" } },
      { a: { L: [{ S: "1" }, { S: "2" }] } },
      { a: { L: [{ S: "2" }, { S: "1" }] } },
    ];
    assert.equal(new Set(texts.map(itemDigest)).size, texts.length);
  });
});

describe("a redrive of a stack that masks", () => {
  const document = JSON.parse(sourcesOf("shop-orders", "shop-audit"));
  document.format = "cloudevents";
  document.tables["shop-orders"].masks = { order_id: "hash" };
  document.tables["shop-audit"].events = false;
  const options = { ...OPTIONS, sources: readSources(JSON.stringify(document), keyedHash("key")) };
  const convertMasked = (record: StreamRecord) => failedRecord(record, options);

  it("publishes what the fan-in would have, and knows it again", async () => {
    const world = new World();
    world.fail("a", world.change(4711));
    const result = await world.redrive({ convert: convertMasked });
    assert.equal(result.published, 1);
    const [record] = world.stream;
    assert.ok(record);
    const text = `${record.partitionKey} ${Buffer.from(record.data)}`;
    assert.ok(!text.includes("4711"), text);
    assert.deepEqual(parseEvent(String(Buffer.from(record.data))).key, {
      order_id: keyedHash("key")("4711"),
    });
    world.fail("b", world.records.insert({ order_id: { N: "4712" } }));
    const again = await world.redrive({ convert: convertMasked, dryRun: true });
    assert.ok(!JSON.stringify(again).includes("4712"), "a report names a row as its events do");
  });

  it("takes away what is of a table that is left out, and publishes nothing of it", async () => {
    const world = new World();
    world.fail("a", new StreamRecords("shop-audit").insert({ order_id: { N: "1" } }));
    const result = await world.redrive({ convert: convertMasked });
    assert.deepEqual(
      { published: result.published, objects: result.objects },
      { published: 0, objects: { redriven: 1, left: 0 } },
    );
    assert.ok(isComplete(result));
    assert.deepEqual(world.stream, []);
    assert.deepEqual([...world.objects.keys()], ["redriven/aws/lambda/uuid/a"]);
  });

  it("finds a row whose name on the stream is masked by the key that it has in DynamoDB", async () => {
    const row = convertMasked(new StreamRecords().insert({ order_id: { N: "1" }, v: { N: "2" } }));
    assert.ok(row && "row" in row);
    const item = { v: { N: "2" }, order_id: { N: "1" } };
    const client = {
      send: async () => ({ Responses: { "shop-orders": [item] } }),
    } as unknown as DynamoDBClient;
    assert.deepEqual(await currentRows(client)([row]), new Map([[row.row, row.image]]));
  });
});
