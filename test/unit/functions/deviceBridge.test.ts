import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { changeOf } from "../../../functions/change";
import type { ChangeEvent } from "../../../functions/changeEvent";
import { bridge, MAX_PAYLOAD_BYTES } from "../../../functions/deviceBridge";
import type { StoredObject } from "../../../functions/failureBucket";
import { EVENT_FORMATS, type EventFormat, eventWriter } from "../../../functions/formats/format";
import { parseEvent } from "../../../functions/parseEvent";

const SIGNAL = new AbortController().signal;

/** The text of an update in a format. */
function textOf(format: EventFormat, note: string, columns: Record<string, { S: string }> = {}): string {
  const key = { order_id: { N: "12345678901234567890" } };
  const image = (text: string) => ({ ...key, note: { S: text } });
  const change = changeOf({
    eventID: "e/1",
    eventName: "MODIFY",
    dynamodb: {
      Keys: key,
      OldImage: { ...image("x"), ...columns },
      NewImage: image(note),
      SequenceNumber: "42",
      ApproximateCreationDateTime: 1_795_780_800,
    },
  } as unknown as Parameters<typeof changeOf>[0]);
  return eventWriter(format, { name: "shop", engine: "postgres", schema: "public", table: "or/ders" })(
    change,
  );
}

/** Has a text bridged, by a broker that notes what it is given, and a bucket that does. */
async function bridged(text: string, fault: { bucket?: Error; broker?: Error } = {}) {
  const steps: string[] = [];
  const objects: StoredObject[] = [];
  const messages: { topic: string; payload: string }[] = [];
  const forward = bridge({
    topicPrefix: "rowstream",
    bucket: "failures",
    putObject: async (object) => {
      if (fault.bucket) throw fault.bucket;
      steps.push("object");
      objects.push(object);
    },
    publish: async (topic, payload) => {
      if (fault.broker) throw fault.broker;
      steps.push("message");
      messages.push({ topic, payload: Buffer.from(payload).toString() });
    },
  });
  const outcome = await forward(parseEvent(text), Buffer.from(text), SIGNAL).catch((error: Error) => error);
  return { steps, objects, messages, outcome };
}

describe("bridging an event to devices", () => {
  for (const format of EVENT_FORMATS) {
    it(`publishes its bytes as they are, to its table's topic: ${format}`, async () => {
      const text = textOf(format, "paid");
      const { messages, objects } = await bridged(text);
      assert.deepEqual(messages, [{ topic: "rowstream/or%2Fders/update", payload: text }]);
      assert.deepEqual(objects, []);
    });

    it(`refers to one that is too large for a message, which lies in the bucket before: ${format}`, async () => {
      const text = textOf(format, "é".repeat(MAX_PAYLOAD_BYTES / 2));
      const { steps, objects, messages } = await bridged(text);
      assert.deepEqual(steps, ["object", "message"]);
      const [object] = objects;
      assert.equal(object?.key, "oversize/public.or%2Fders/2026/11/27/e%2F1.json");
      assert.equal(Buffer.from(object?.body ?? []).toString(), text);
      const payload = messages[0]?.payload ?? "";
      const whole = parseEvent(text);
      const ref = {
        bucket: "failures",
        key: object?.key,
        bytes: Buffer.byteLength(text),
        sha256: createHash("sha256").update(text).digest("hex"),
      };
      const { changed, ...rest } = whole;
      const { changed: told, ...said } = parseEvent(payload);
      assert.equal(JSON.stringify(said), JSON.stringify({ ...rest, old: null, new: null, ref }));
      if (format !== "debezium") assert.deepEqual(told, changed);
      assert.match(payload, /12345678901234567890.*\n$/, "with every digit of its key, and a newline");
    });
  }

  it("publishes one that just fits as it is", async () => {
    const base = Buffer.byteLength(textOf("rowstream", ""));
    const text = textOf("rowstream", "x".repeat(MAX_PAYLOAD_BYTES - base));
    assert.equal(Buffer.byteLength(text), MAX_PAYLOAD_BYTES);
    assert.deepEqual((await bridged(text)).steps, ["message"]);
    assert.deepEqual((await bridged(text.replace("xx", "xxx"))).steps, ["object", "message"]);
  });

  it("leaves the names of the changed columns out where they alone are too many", async () => {
    const columns = Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [`c${index}`.padEnd(250, "x"), { S: "" }]),
    );
    const { messages } = await bridged(textOf("rowstream", "x", columns));
    const event = JSON.parse(messages[0]?.payload ?? "") as ChangeEvent;
    assert.deepEqual(event.changed, []);
    assert.ok(event.ref);
  });

  it("fails where the broker or the bucket does, so that the event comes again", async () => {
    assert.match(
      String((await bridged(textOf("rowstream", ""), { broker: new Error("throttled") })).outcome),
      /throttled/,
    );
    const large = await bridged(textOf("rowstream", "x".repeat(MAX_PAYLOAD_BYTES)), {
      bucket: new Error("denied"),
    });
    assert.match(String(large.outcome), /denied/);
    assert.deepEqual(large.messages, [], "no message refers to what is not there");
  });
});
