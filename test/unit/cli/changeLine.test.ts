import assert from "node:assert/strict";
import picocolors from "picocolors";
import { changeLine } from "../../../cli/render/changeLine";
import { parseEvent } from "../../../functions/parseEvent";

const plain = picocolors.createColors(false);

function line(changes: object): string {
  const event = {
    v: 1,
    id: "1",
    op: "update",
    source: { name: "shop", engine: "postgres", schema: "public", table: "orders" },
    key: { order_id: 42 },
    old: { order_id: 42, status: "new", note: "a" },
    new: { order_id: 42, status: "paid", note: "a" },
    changed: ["status"],
    at: "2026-11-23T14:15:04.000Z",
    sequence: "1",
    ...changes,
  };
  return changeLine(parseEvent(JSON.stringify(event)), plain);
}

describe("changeLine", () => {
  it("shows the columns that changed, old and new", () => {
    assert.equal(line({}), "14:15:04 update public.orders order_id=42 status new → paid");
  });

  it("shows the whole row of an insert and of a delete, the key once", () => {
    assert.equal(
      line({ op: "insert", old: null, changed: [] }),
      "14:15:04 insert public.orders order_id=42 status=paid note=a",
    );
    assert.equal(
      line({ op: "delete", new: null, changed: [] }),
      "14:15:04 delete public.orders order_id=42 status=new note=a",
    );
  });

  it("shows a column that came or went as one that was NULL", () => {
    assert.equal(
      line({ new: { order_id: 42, note: "a" } }),
      "14:15:04 update public.orders order_id=42 status new → ∅",
    );
  });

  it("keeps every digit of a large number", () => {
    const event = parseEvent(
      '{"v":1,"op":"insert","source":{"schema":"public","table":"t"},"key":{"id":1},"old":null,' +
        '"new":{"id":1,"n":12345678901234567890.123456789},"changed":[],"at":"2026-11-23T14:15:04.000Z"}',
    );
    assert.match(changeLine(event, plain), /n=12345678901234567890\.123456789$/);
  });

  it("does not let a row's text command the terminal", () => {
    const text = line({ new: { order_id: 42, status: "\u001b[2Jgone\u202e\n", note: "a" } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    assert.doesNotMatch(text, /[\u0000-\u001f\u202e]/);
    assert.match(text, /\\u001b\[2Jgone/);
  });

  it("cuts long values and quotes those with spaces", () => {
    assert.match(line({ new: { order_id: 42, status: "x".repeat(100), note: "a" } }), /→ x{39}…$/);
    assert.match(line({ new: { order_id: 42, status: "on hold", note: "a" } }), /→ "on hold"$/);
  });

  it("points to the object of an event that was too large", () => {
    const ref = { bucket: "failures", key: "a/b", bytes: 1, sha256: "0" };
    assert.match(line({ ref, old: null, new: null }), /too large for the stream: s3:\/\/failures\/a\/b$/);
  });
});
