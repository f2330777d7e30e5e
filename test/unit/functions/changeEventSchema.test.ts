import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020";
import type { ChangeEvent } from "../../../functions/changeEvent";
import schema from "../../../functions/changeEvent.schema.json";
import { eventText, referenceText } from "../../helpers/eventText";
import { StreamRecords } from "../../helpers/streamRecords";

const REFERENCE = { bucket: "failures", key: "oversize/o/1.json", bytes: 2_000_000, sha256: "ab".repeat(32) };

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

function check(event: unknown): void {
  assert.ok(validate(event), JSON.stringify(validate.errors, null, 2));
}

describe("the schema of the change event", () => {
  const records = new StreamRecords();
  const item = { order_id: { N: "1" }, status: { S: "paid" } };
  const shipped = { ...item, status: { S: "shipped" } };
  const made = {
    insert: records.insert(item),
    update: records.update(item, shipped),
    delete: records.remove(shipped),
  };

  for (const [op, record] of Object.entries(made)) {
    it(`accepts the event of each operation: ${op}`, () => check(JSON.parse(eventText(record))));
    it(`accepts the event that stands for one too large: ${op}`, () => {
      const event: ChangeEvent = JSON.parse(referenceText(record, REFERENCE));
      check(event);
      check({ ...event, changed: [] });
    });
  }

  const update = (): ChangeEvent => JSON.parse(eventText(made.update));
  const insert = (): ChangeEvent => JSON.parse(eventText(made.insert));

  it("accepts a load, which has the shape of an insert", () => check({ ...insert(), op: "load" }));

  it("knows every member of the event and requires all but the reference", () => {
    assert.deepEqual(Object.keys(schema.properties), [...Object.keys(update()), "ref"]);
    assert.deepEqual(schema.required, Object.keys(update()));
  });

  const wrong: [what: string, event: unknown][] = [
    ["a member that it does not know", { ...update(), extra: 1 }],
    ["another version", { ...update(), v: 2 }],
    ["an unknown operation", { ...update(), op: "truncate" }],
    ["an empty id", { ...update(), id: "" }],
    [
      "a source without its schema",
      { ...update(), source: { name: "shop", engine: "postgres", table: "orders" } },
    ],
    ["a source with more", { ...update(), source: { ...update().source, database: "shop" } }],
    ["an empty key", { ...update(), key: {} }],
    ["an insert with an old row", { ...insert(), old: {} }],
    ["an insert without a new row", { ...insert(), new: null }],
    ["an insert that changed columns", { ...insert(), changed: ["status"] }],
    ["a load with an old row", { ...insert(), op: "load", old: {} }],
    ["an update without an old row", { ...update(), old: null }],
    ["a delete with a new row", { ...update(), op: "delete", changed: [] }],
    ["a column that changed twice", { ...update(), changed: ["status", "status"] }],
    ["a time without milliseconds", { ...update(), at: "2026-11-23T14:15:04Z" }],
    ["a sequence that is not padded", { ...update(), sequence: "1" }],
    ["a sequence that is a number", { ...update(), sequence: 1 }],
    ["a reference beside a row", { ...update(), ref: REFERENCE }],
    ["a reference without a hash", { ...insert(), new: null, ref: { ...REFERENCE, sha256: undefined } }],
    ["a reference with more", { ...insert(), new: null, ref: { ...REFERENCE, region: "us-east-1" } }],
  ];
  for (const [what, event] of wrong) {
    it(`refuses ${what}`, () => assert.equal(validate(JSON.parse(JSON.stringify(event))), false));
  }
  for (const name of schema.required) {
    it(`refuses an event without ${name}`, () => {
      const { [name]: _, ...rest } = { ...update() } as Record<string, unknown>;
      assert.equal(validate(rest), false);
    });
  }
});
