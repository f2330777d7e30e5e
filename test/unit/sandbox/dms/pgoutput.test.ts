import assert from "node:assert/strict";
import { decodePgoutput } from "../../../../sandbox/dms/source/postgres/pgoutput";

/** Builds a message of bytes, integers of a width, and C strings. */
function message(...parts: (string | [width: 1 | 2 | 4 | 8, value: number] | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") {
        return Buffer.from(`${part}\0`);
      }
      if (Buffer.isBuffer(part)) {
        return part;
      }
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(BigInt(part[1]));
      return bytes.subarray(8 - part[0]);
    }),
  );
}

const tag = (letter: string): Buffer => Buffer.from(letter);
const text = (value: string): Buffer => message(tag("t"), [4, Buffer.byteLength(value)], Buffer.from(value));

describe("decodePgoutput", () => {
  it("reads a table's description", () => {
    const bytes = message(
      tag("R"),
      [4, 16_385],
      "public",
      "orders",
      tag("d"),
      [2, 2],
      [1, 1],
      "id",
      [4, 23],
      [4, -1],
      [1, 0],
      "note",
      [4, 1043],
      [4, 24],
    );
    assert.deepEqual(decodePgoutput(bytes), {
      tag: "relation",
      oid: 16_385,
      schema: "public",
      name: "orders",
      identity: "d",
      columns: [
        { key: true, name: "id", typeOid: 23, modifier: -1 },
        { key: false, name: "note", typeOid: 1043, modifier: 24 },
      ],
    });
  });

  it("tells NULL from a value that did not change", () => {
    const bytes = message(tag("U"), [4, 7], tag("N"), [2, 3], text("é"), tag("n"), tag("u"));
    assert.deepEqual(decodePgoutput(bytes), {
      tag: "update",
      relationOid: 7,
      old: undefined,
      row: ["é", null, undefined],
    });
  });

  it("reads the old key of an update, and the key of a delete", () => {
    const update = message(tag("U"), [4, 7], tag("K"), [2, 1], text("1"), tag("N"), [2, 1], text("2"));
    assert.deepEqual(decodePgoutput(update), { tag: "update", relationOid: 7, old: ["1"], row: ["2"] });
    const remove = message(tag("D"), [4, 7], tag("K"), [2, 2], text("1"), tag("n"));
    assert.deepEqual(decodePgoutput(remove), {
      tag: "delete",
      relationOid: 7,
      old: ["1", null],
      row: undefined,
    });
  });

  it("reads a commit's end and a truncate's tables, and passes over the rest", () => {
    assert.deepEqual(decodePgoutput(message(tag("C"), [1, 0], [8, 100], [8, 108], [8, 0])), {
      tag: "commit",
      endLsn: 108n,
    });
    assert.deepEqual(decodePgoutput(message(tag("T"), [4, 2], [1, 0], [4, 7], [4, 8])), {
      tag: "truncate",
      relationOids: [7, 8],
    });
    assert.deepEqual(decodePgoutput(message(tag("B"), [8, 1], [8, 2], [4, 3])), { tag: "other" });
  });
});
