import assert from "node:assert/strict";
import { chartRange, withSecond } from "../../../page/model/seconds";
import { agoText, counted, countText, durationText, rateText, shortened } from "../../../page/model/text";
import type { Second } from "../../../page/model/wire";

describe("the page's texts", () => {
  it("tells counts, rates and durations as briefly as they can be told", () => {
    assert.deepEqual([0, 1_234, 99_999, 123_456].map(countText), ["0", "1,234", "99,999", "123.5K"]);
    assert.deepEqual([0, 0.2, 9.96, 12.4, 1_204].map(rateText), [
      "0/s",
      "0.2/s",
      "10.0/s",
      "12/s",
      "1,204/s",
    ]);
    assert.deepEqual([40, 1_240, 32_000, 200_000, 7_200_000].map(durationText), [
      "40 ms",
      "1.2 s",
      "32 s",
      "3 min",
      "2 h",
    ]);
    assert.deepEqual([900, 12_800].map(agoText), ["now", "12 s ago"]);
    assert.deepEqual([counted(1, "event"), counted(2, "event")], ["1 event", "2 events"]);
    assert.deepEqual([shortened("orders", 6), shortened("order_lines", 6)], ["orders", "order…"]);
  });

  it("keeps as many seconds as the charts show", () => {
    let seconds: Second[] = [];
    for (let at = 1; at <= 400; at++) {
      seconds = withSecond(seconds, { at, events: 0, latency: null });
    }
    assert.deepEqual([seconds.length, seconds[0]?.at, seconds.at(-1)?.at], [300, 101, 400]);
  });

  it("shows a minute at first, and five in the end", () => {
    assert.deepEqual(chartRange(100, 110), [50, 110]);
    assert.deepEqual(chartRange(100, 250), [100, 250]);
    assert.deepEqual(chartRange(100, 900), [600, 900]);
  });
});
