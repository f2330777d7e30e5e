import assert from "node:assert/strict";
import { EventCounts } from "../../../../cli/page/eventCounts";

/** Counts events of a table, and lets a second end. */
function second(counts: EventCounts, at: number, table: string, latencies: (number | null)[]) {
  for (const latencyMs of latencies) {
    counts.add({ table, latencyMs }, at * 1_000);
  }
  return counts.endSecond((at + 1) * 1_000);
}

describe("EventCounts", () => {
  it("counts by table, and tells rates over the last five seconds", () => {
    const counts = new EventCounts(100_000);
    second(counts, 100, "a", new Array(60).fill(null));
    assert.equal(counts.totals().perSecond, 60, "of one second there is one to go by");
    for (let at = 101; at < 106; at++) {
      second(counts, at, "b", [100, 200]);
    }
    counts.addForeign();
    const { events, perSecond, foreign, tables } = counts.totals();
    assert.deepEqual([events, perSecond, foreign], [70, 2, 1]);
    assert.deepEqual(tables, {
      a: { events: 60, perSecond: 0, latency: null, lastAt: 100_000 },
      b: { events: 10, perSecond: 2, latency: { median: 200, p95: 200 }, lastAt: 105_000 },
    });
  });

  it("tells the latency of each second in the median and for 95 of 100", () => {
    const counts = new EventCounts(0);
    const latencies = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(second(counts, 0, "a", latencies), {
      at: 0,
      events: 100,
      latency: { median: 51, p95: 96 },
    });
    assert.deepEqual(second(counts, 1, "a", [null]), { at: 1, events: 1, latency: null });
  });

  it("keeps the last five minutes, second by second", () => {
    const counts = new EventCounts(0);
    for (let at = 0; at < 320; at++) {
      second(counts, at, "a", [1]);
    }
    assert.deepEqual([counts.seconds.length, counts.seconds[0]?.at], [300, 20]);
  });
});
