import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { changePrinter } from "../../../cli/stream/changePrinter";
import { EVENT_FORMATS } from "../../../functions/formats/format";
import { eventText } from "../../helpers/eventText";
import { StreamRecords } from "../../helpers/streamRecords";

const EVENT =
  '{"v":1,"id":"1","op":"insert","source":{"name":"shop","engine":"postgres","schema":"public","table":"orders"},' +
  '"key":{"id":1},"old":null,"new":{"id":1,"total":10.50},"changed":[],"at":"2026-11-23T14:15:04.000Z","sequence":"1"}\n';

class Sink extends Writable {
  chunks: Buffer[] = [];

  constructor(highWaterMark = 16_384) {
    super({ highWaterMark });
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    setImmediate(done);
  }
}

describe("changePrinter", () => {
  it("writes a record's bytes as they are, numbers and all", async () => {
    const output = new Sink();
    await changePrinter({ output, format: "json" })(Buffer.from(EVENT));
    assert.equal(output.text, EVENT);
  });

  it("ends a record with a newline where it has none", async () => {
    const output = new Sink();
    await changePrinter({ output, format: "json" })(Buffer.from("{}"));
    assert.equal(output.text, "{}\n");
  });

  it("shows only the tables that were asked for, by full or bare name", async () => {
    for (const [tables, shown] of [
      [["orders"], true],
      [["public.orders"], true],
      [["sales.orders"], false],
      [["order"], false],
    ] as const) {
      const output = new Sink();
      assert.equal(await changePrinter({ output, format: "json", tables })(Buffer.from(EVENT)), shown);
      assert.equal(output.text, shown ? EVENT : "");
    }
  });

  it("shows an event of every format alike", async () => {
    const record = new StreamRecords().insert({ order_id: { N: "1" }, total: { N: "10.50" } });
    const shown = await Promise.all(
      EVENT_FORMATS.map(async (format) => {
        const output = new Sink();
        const print = changePrinter({ output, format: "pretty", tables: ["orders"] });
        assert.ok(await print(Buffer.from(eventText(record, format))));
        output.end();
        await finished(output);
        return output.text;
      }),
    );
    assert.match(shown[0] ?? "", /insert public.orders order_id=1 total=10.5/);
    assert.equal(new Set(shown).size, 1);
  });

  it("shows a record that is no event as text, and does not fail on it", async () => {
    const output = new Sink();
    const print = changePrinter({ output, format: "pretty" });
    await print(Buffer.from("hello\u001b[2J"));
    await print(Buffer.from("null"));
    output.end();
    await finished(output);
    assert.equal(output.text, '"hello\\u001b[2J"\n"null"\n');
  });

  it("waits while the reader of its output is slow", async () => {
    const output = new Sink(10);
    const print = changePrinter({ output, format: "json" });
    await print(Buffer.from(EVENT));
    assert.equal(output.writableLength, 0);
  });
});
