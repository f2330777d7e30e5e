import assert from "node:assert/strict";
import { benches } from "../../bench/benches";

/**
 * `start` starts the sandbox in this very checkout, where one may be running: not in a CI's. Elsewhere the sandbox's own
 * tests do the same in folders of their own.
 */
const LEFT_OUT = process.env.CI ? [] : ["start"];

describe("the benches, at their small size", () => {
  for (const [name, bench] of Object.entries(benches).filter(([one]) => !LEFT_OUT.includes(one))) {
    it(`runs ${name}`, async () => {
      const report = await bench("small", () => undefined);
      assert.equal(report.name, name);
      assert.ok(report.rows.length > 0, "it measured nothing");
      for (const [target, { met }] of Object.entries(report.targets)) {
        assert.ok(met === null || typeof met === "boolean", target);
      }
      for (const [ratio, value] of Object.entries(report.ratios)) {
        assert.ok(Number.isFinite(value) && value > 0, `${ratio} is ${value}`);
      }
    });
  }
});
