import assert from "node:assert/strict";
import { CloudEvent, HTTP } from "cloudevents";
import type { AttributeMap } from "../../../../functions/dynamoDbStream";
import { eventText, referenceText, SOURCE } from "../../../helpers/eventText";
import { StreamRecords } from "../../../helpers/streamRecords";

const PLACED: AttributeMap = { order_id: { N: "42" }, status: { S: "placed" } };
const PAID: AttributeMap = { ...PLACED, status: { S: "paid" } };
const REFERENCE = { bucket: "failures", key: "oversize/o/1.json", bytes: 2_000_000, sha256: "ab".repeat(32) };

/** Reads a text as the CloudEvents SDK reads a message in structured mode, and holds it to the specification. */
function read(text: string): CloudEvent<Record<string, unknown>> {
  const event = HTTP.toEvent<Record<string, unknown>>({
    headers: { "content-type": "application/cloudevents+json" },
    body: text,
  });
  assert.ok(event instanceof CloudEvent);
  assert.ok(event.validate());
  return event;
}

describe("an event in CloudEvents' format", () => {
  const records = new StreamRecords();
  const made = {
    insert: records.insert(PLACED),
    update: records.update(PLACED, PAID),
    delete: records.remove(PAID),
  };

  for (const [op, record] of Object.entries(made)) {
    it(`is a CloudEvent to the SDK, with the change event as its data: ${op}`, () => {
      const event = read(eventText(record, "cloudevents"));
      assert.deepEqual(event.data, JSON.parse(eventText(record)));
      assert.equal(event.type, `rowstream.${op}`);
      assert.equal(event.id, event.data?.id);
      assert.equal(event.time, event.data?.at);
      assert.equal(event.sequence, event.data?.sequence);
    });
  }

  it("has what routers go by beside the data", () => {
    const { data: _, ...attributes } = JSON.parse(eventText(made.update, "cloudevents"));
    assert.deepEqual(attributes, {
      specversion: "1.0",
      id: "00000000000000000000000000000002",
      source: "/shop/public/orders",
      type: "rowstream.update",
      subject: '{"order_id":42}',
      time: "2026-11-23T14:15:05.000Z",
      sequence: "0000000000000000000100000000000000000002",
      datacontenttype: "application/json",
      dataschema: "urn:rowstream:change-event:1",
    });
  });

  it("has a source that is a URI reference whatever the names are", () => {
    const source = { ...SOURCE, schema: "Größe/1", table: 'a "b" ?#' };
    const { source: path } = read(eventText(made.insert, "cloudevents", source));
    assert.equal(path, "/shop/Gr%C3%B6%C3%9Fe%2F1/a%20%22b%22%20%3F%23");
  });

  it("has the reference in its data where the event was too large", () => {
    const event = read(referenceText(made.update, REFERENCE, "cloudevents"));
    assert.deepEqual(event.data?.ref, REFERENCE);
    assert.equal(event.data?.new, null);
  });

  it("would not pass without an attribute that the specification requires", () => {
    for (const name of ["source", "type"]) {
      const event = JSON.parse(eventText(made.insert, "cloudevents"));
      delete event[name];
      assert.throws(() => read(JSON.stringify(event)), name);
    }
  });
});
