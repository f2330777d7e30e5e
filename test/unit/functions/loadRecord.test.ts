import assert from "node:assert/strict";
import type { AttributeMap } from "../../../functions/dynamoDbStream";
import { loadRecord, type TableLoad } from "../../../functions/loadRecord";
import { type PreparedRecord, prepareRecord } from "../../../functions/prepareBatch";
import { readSources } from "../../../functions/sources";
import { FIRST_SECOND, StreamRecords, sourcesOf } from "../../helpers/streamRecords";

const ROW: AttributeMap = { order_id: { N: "42" }, status: { S: "placed" }, total: { N: "118.50" } };

const LOAD: TableLoad = {
  streamArn: "arn:aws:dynamodb:us-east-1:000000000000:table/shop-orders/stream/2026-11-23T14:15:00.000",
  startedAt: FIRST_SECOND,
};

function prepare(record: Parameters<typeof prepareRecord>[0], maxRecordBytes = 10_000): PreparedRecord {
  return prepareRecord(record, "shop-orders", {
    sources: readSources(sourcesOf("shop-orders")),
    maxRecordBytes,
    bucket: "failures",
  });
}

function load(row = ROW, tableLoad = LOAD) {
  return loadRecord(row, ["order_id"], tableLoad);
}

function textOf({ outgoing }: PreparedRecord): string {
  return Buffer.from(outgoing?.data ?? []).toString();
}

describe("a row of the load", () => {
  it("becomes an event without an old image that sorts before every change", () => {
    const text = textOf(prepare(load()));
    assert.match(text, /"total":118\.50/);
    const { id, ...event } = JSON.parse(text);
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual(event, {
      v: 1,
      op: "load",
      source: { name: "shop", engine: "postgres", schema: "public", table: "orders" },
      key: { order_id: 42 },
      old: null,
      new: { order_id: 42, status: "placed", total: 118.5 },
      changed: [],
      at: "2026-11-23T14:15:04.000Z",
      sequence: "0".repeat(40),
    });
    const change = JSON.parse(textOf(prepare(new StreamRecords().insert(ROW))));
    assert.ok(event.sequence < change.sequence);
  });

  it("goes the way of the row's changes: under the same partition key", () => {
    const change = prepare(new StreamRecords().insert(ROW));
    assert.equal(prepare(load()).outgoing?.partitionKey, change.outgoing?.partitionKey);
  });

  it("has the same id in every repeat, and another for another row or another stream of the table", () => {
    const { eventID } = load();
    assert.equal(load({ ...ROW }).eventID, eventID);
    assert.equal(load({ ...ROW, status: { S: "paid" } }).eventID, eventID);
    assert.notEqual(load({ ...ROW, order_id: { N: "43" } }).eventID, eventID);
    assert.notEqual(load(ROW, { ...LOAD, streamArn: `${LOAD.streamArn}1` }).eventID, eventID);
  });

  it("is put into the bucket, and referred to, where it is too large for the stream", () => {
    const prepared = prepare(load({ ...ROW, note: { S: "x".repeat(5_000) } }), 2_000);
    const event = JSON.parse(textOf(prepared));
    assert.equal(event.op, "load");
    assert.equal(event.new, null);
    assert.equal(event.ref.key, prepared.object?.key);
    assert.equal(event.ref.key, `oversize/shop-orders/2026/11/23/${event.id}.json`);
  });
});
