import assert from "node:assert/strict";
import { benches } from "../../bench/benches";

/** It starts the sandbox in this very checkout, where one may be running; the sandbox's own tests do the same elsewhere. */
const LEFT_OUT = "start";

describe("the benches, at their small size", () => {
  for (const [name, bench] of Object.entries(benches).filter(([one]) => one !== LEFT_OUT)) {
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
