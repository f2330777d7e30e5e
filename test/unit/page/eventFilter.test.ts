import assert from "node:assert/strict";
import {
  EVERYTHING,
  type EventFilter,
  eventTest,
  isEverything,
  toggled,
} from "../../../page/model/eventFilter";
import { shown } from "../../helpers/shownEvents";

const EVENTS = [
  shown(1),
  shown(2, { op: "insert", table: "public.payments", key: "payment_id=abc" }),
  shown(3, {
    op: "delete",
    columns: [{ name: "total", old: "12345678901234567890123456789012345678", new: null, changed: false }],
  }),
];

function passing(filter: Partial<EventFilter>): number[] {
  return EVENTS.filter(eventTest({ ...EVERYTHING, ...filter })).map(({ n }) => n);
}

describe("the filter of the page's events", () => {
  it("lets everything through where nothing is chosen", () => {
    assert.deepEqual(passing({}), [1, 2, 3]);
    assert.ok(isEverything({ ...EVERYTHING, text: "  " }));
    assert.ok(!isEverything({ ...EVERYTHING, operations: new Set(["load"]) }));
  });

  it("chooses by table and by operation, and by both", () => {
    assert.deepEqual(passing({ tables: new Set(["public.orders"]) }), [1, 3]);
    assert.deepEqual(passing({ operations: new Set(["insert", "delete"]) }), [2, 3]);
    assert.deepEqual(passing({ tables: new Set(["public.orders"]), operations: new Set(["delete"]) }), [3]);
  });

  for (const [text, found] of [
    ["PAYMENT_ID=ABC", [2]],
    ["paid", [1, 2]],
    ["placed", [1, 2]],
    ["78901234567890123456", [3]],
    ["id-3", [3]],
    ["public.pay", [2]],
    ["total", [3]],
    ["nowhere", []],
  ] as const) {
    it(`finds "${text}" wherever it is`, () => assert.deepEqual(passing({ text }), found));
  }

  it("puts a value into a set, or takes it away", () => {
    const one = toggled(new Set<string>(), "a");
    assert.deepEqual([...one], ["a"]);
    assert.deepEqual([...toggled(one, "a")], []);
    assert.deepEqual([...one], ["a"], "a set is not changed");
  });
});
