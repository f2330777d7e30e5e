import assert from "node:assert/strict";
import type { AttributeMap, StreamRecord } from "../../../../functions/dynamoDbStream";
import { loadRecord } from "../../../../functions/loadRecord";
import { parseEvent } from "../../../../functions/parseEvent";
import sample from "../../../helpers/debeziumSample.json";
import { eventText, referenceText, SOURCE } from "../../../helpers/eventText";
import { FIRST_SECOND, StreamRecords } from "../../../helpers/streamRecords";

/** A schema of Kafka Connect, as its JSON converter writes it. */
interface ConnectSchema {
  type: string;
  optional: boolean;
  field?: string;
  fields?: ConnectSchema[];
  parameters?: { allowed?: string };
}

/** The members of `source` that Debezium's common ones leave to each connector. */
const OWN_SOURCE_MEMBERS = ["engine", "id", "key", "ref"];

/** The members that the PostgreSQL connector adds to the common ones. */
const POSTGRES_MEMBERS = ["txId", "lsn", "xmin", "origin", "origin_lsn"];

/** What is wrong with a value against a Connect schema: types, members that are missing, members that it has not. */
function faultsAgainst(schema: ConnectSchema, value: unknown, path = ""): string[] {
  if (value === null || value === undefined) {
    return schema.optional ? [] : [`${path} is missing`];
  }
  const { allowed } = schema.parameters ?? {};
  switch (schema.type) {
    case "struct": {
      const members = value as Record<string, unknown>;
      const fields = schema.fields ?? [];
      const known = [...fields.map(({ field }) => field), ...(path === ".source" ? OWN_SOURCE_MEMBERS : [])];
      return [
        ...Object.keys(members).flatMap((name) =>
          known.includes(name) ? [] : [`${path}.${name} is unknown`],
        ),
        ...fields.flatMap((field) =>
          faultsAgainst(field, members[field.field ?? ""], `${path}.${field.field}`),
        ),
      ];
    }
    case "string":
      return typeof value === "string" && (allowed === undefined || allowed.split(",").includes(value))
        ? []
        : [`${path} is ${JSON.stringify(value)}`];
    case "int32":
    case "int64":
      return Number.isInteger(value) ? [] : [`${path} is ${JSON.stringify(value)}`];
    case "double":
      return typeof value === "number" ? [] : [`${path} is ${JSON.stringify(value)}`];
    default:
      throw new Error(`the sample has a ${schema.type}, which this check does not know`);
  }
}

const PLACED: AttributeMap = { order_id: { N: "42" }, status: { S: "placed" }, total: { N: "118.5" } };
const PAID: AttributeMap = { ...PLACED, status: { S: "paid" } };
const REFERENCE = { bucket: "failures", key: "oversize/o/1.json", bytes: 2_000_000, sha256: "ab".repeat(32) };

/** What was done to the database that the sample is of, in its order. */
function sampleRecords(): StreamRecord[] {
  const records = new StreamRecords();
  const first = { ...PLACED, order_id: { N: "1" } };
  return [
    loadRecord(first, ["order_id"], { streamArn: "arn", startedAt: FIRST_SECOND }),
    records.insert(PLACED),
    records.update(PLACED, PAID),
    records.remove(PAID),
  ];
}

describe("an event in Debezium's format", () => {
  const schema: ConnectSchema = sample.schema;

  it("fits the schema that Debezium gives with its own events, but for what is each connector's own", () => {
    for (const payload of sample.payloads) {
      assert.deepEqual(faultsAgainst(schema, payload), [], "the check takes what Debezium wrote");
    }
    for (const record of sampleRecords()) {
      assert.deepEqual(faultsAgainst(schema, JSON.parse(eventText(record, "debezium"))), []);
      const reference = JSON.parse(referenceText(record, REFERENCE, "debezium"));
      assert.deepEqual(faultsAgainst(schema, reference), []);
    }
  });

  it("says the same of a change as Debezium's own event of it", () => {
    sampleRecords().forEach((record, index) => {
      const { before, after, op, transaction, source } = JSON.parse(eventText(record, "debezium"));
      const theirs = sample.payloads[index];
      assert.deepEqual(
        { before, after, op, transaction, name: source.name, schema: source.schema, table: source.table },
        {
          before: theirs?.before,
          after: theirs?.after,
          op: theirs?.op,
          transaction: null,
          name: theirs?.source.name,
          schema: theirs?.source.schema,
          table: theirs?.source.table,
        },
      );
      assert.equal(source.snapshot !== "false", theirs?.source.snapshot !== "false");
    });
  });

  it("has every common member of Debezium's source, and its own names for what is rowstream's", () => {
    const source = schema.fields?.find(({ field }) => field === "source")?.fields ?? [];
    const common = source
      .filter(({ optional, field = "" }) => !optional && !POSTGRES_MEMBERS.includes(field))
      .map(({ field }) => field);
    const event = JSON.parse(eventText(new StreamRecords().insert(PLACED), "debezium"));
    assert.deepEqual(
      common.filter((name) => !((name as string) in event.source)),
      [],
    );
    assert.deepEqual(event.source, {
      version: "1",
      connector: "rowstream",
      name: "shop",
      ts_ms: FIRST_SECOND * 1000,
      snapshot: "false",
      db: "shop",
      schema: "public",
      table: "orders",
      engine: "postgres",
      sequence: "0000000000000000000100000000000000000001",
      id: "00000000000000000000000000000001",
      key: { order_id: 42 },
    });
  });

  it("names the database where the engine has no schema beneath it", () => {
    const source = { ...SOURCE, engine: "mysql", schema: "store" };
    const event = JSON.parse(eventText(new StreamRecords().insert(PLACED), "debezium", source));
    assert.equal(event.source.db, "store");
  });

  it("is one line, and the same bytes in every repeat", () => {
    const record = new StreamRecords().update(PLACED, PAID);
    const text = eventText(record, "debezium");
    assert.equal(text.indexOf("\n"), text.length - 1);
    assert.equal(eventText(structuredClone(record), "debezium"), text);
  });

  it("gives the reference where the event was too large, in place of both rows", () => {
    const record = new StreamRecords().update(PLACED, PAID);
    const event = parseEvent(referenceText(record, REFERENCE, "debezium"));
    assert.deepEqual(event.ref, REFERENCE);
    assert.equal(event.old ?? event.new, null);
    assert.deepEqual(event.key, { order_id: 42 });
  });

  it("is not mistaken for one of Debezium's own when it is read", () => {
    const event: unknown = parseEvent(JSON.stringify(sample.payloads[0]));
    assert.ok("before" in (event as object) && !("v" in (event as object)));
  });
});
