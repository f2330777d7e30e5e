import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEvent, stringifyEvent } from "../../../functions/parseEvent";
import { eventText } from "../../helpers/eventText";
import { StreamRecords } from "../../helpers/streamRecords";

function textOf(total: string): string {
  return eventText(new StreamRecords().insert({ order_id: { N: "1" }, total: { N: total } }));
}

describe("the lossless parser", () => {
  it("makes a plain number of what a number holds exactly", () => {
    const event = parseEvent<{ total: number }>(textOf("19.99"));
    assert.equal(event.new?.total, 19.99);
    assert.equal(event.v, 1);
  });

  it("keeps the digits that a number would lose", () => {
    for (const digits of ["9007199254740993", "0.12345678901234567890123456789012345678", "1E+400"]) {
      assert.equal(String(parseEvent(textOf(digits)).new?.total), digits);
    }
  });

  it("makes a bigint of a long integer on request", () => {
    const total = parseEvent(textOf("9007199254740993")).new?.total as object;
    assert.equal(total.valueOf(), 9_007_199_254_740_993n);
  });

  it("writes an event back with the digits that it had", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (total) => {
        const text = textOf(String(total));
        assert.equal(`${stringifyEvent(parseEvent(text))}\n`, text);
      }),
    );
  });
});
