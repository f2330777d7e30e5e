import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { Viewer } from "../../../../cli/page/viewer";
import type { EventFrame, Second } from "../../../../page/model/wire";

const SECOND: Second = { at: 0, events: 0, latency: null };
const TOTALS = { events: 0, perSecond: 0, latency: null, foreign: 0, tables: {} };

/** A connection that takes what it is given, or is full after the next message. */
class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  isFull = false;

  write(text: string): boolean {
    this.written.push(text);
    return !this.isFull;
  }

  frames(): { n: number[]; dropped: number }[] {
    return this.written
      .filter((text) => text.startsWith("event: events\n"))
      .map((text) => JSON.parse(text.slice(text.indexOf("data: ") + 6)) as EventFrame)
      .map(({ events, dropped }) => ({ n: events.map(({ n }) => n), dropped }));
  }
}

describe("a page that listens", () => {
  let response: FakeResponse;
  let viewer: Viewer;

  beforeEach(() => {
    response = new FakeResponse();
    viewer = new Viewer(response as unknown as ServerResponse);
  });

  it("gets the events that came since the last time, in one message", () => {
    viewer.add('{"n":1}');
    viewer.add('{"n":2}');
    assert.deepEqual(response.written, []);
    viewer.flush();
    viewer.flush();
    assert.deepEqual(response.frames(), [{ n: [1, 2], dropped: 0 }]);
    assert.equal(response.written[0], 'event: events\ndata: {"events":[{"n":1},{"n":2}],"dropped":0}\n\n');
  });

  it("is sent nothing while its connection is full, and what waits once it is not", () => {
    response.isFull = true;
    viewer.add('{"n":1}');
    viewer.flush();
    viewer.add('{"n":2}');
    viewer.flush();
    viewer.tell("second", { second: SECOND, totals: TOTALS });
    assert.equal(response.written.length, 1);
    response.isFull = false;
    response.emit("drain");
    viewer.flush();
    viewer.tell("second", { second: SECOND, totals: TOTALS });
    assert.deepEqual(response.frames(), [
      { n: [1], dropped: 0 },
      { n: [2], dropped: 0 },
    ]);
    assert.equal(response.written.length, 3);
  });

  it("loses the oldest events where it does not keep up, and is told how many", () => {
    response.isFull = true;
    viewer.add('{"n":0}');
    viewer.flush();
    for (let n = 1; n <= 50_000; n++) {
      viewer.add(`{"n":${n}}`);
    }
    response.emit("drain");
    viewer.flush();
    const [, frame] = response.frames();
    assert.ok(frame && frame.n.length <= 2_000);
    assert.equal(frame.n.at(-1), 50_000);
    assert.equal(frame.n.length + frame.dropped, 50_000, "each is either sent or counted");
  });

  it("holds no more characters of large events than it may", () => {
    response.isFull = true;
    viewer.add('{"n":0}');
    viewer.flush();
    for (let n = 1; n <= 100; n++) {
      viewer.add(`{"n":${n},"x":"${"x".repeat(100_000)}"}`);
    }
    response.emit("drain");
    viewer.flush();
    const [, frame] = response.frames();
    assert.ok(frame && frame.n.length <= 40 && frame.n.length > 0, JSON.stringify(frame));
    assert.equal(frame.n.length + frame.dropped, 100);
  });
});
