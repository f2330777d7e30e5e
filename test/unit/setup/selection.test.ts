import assert from "node:assert/strict";
import { loadScript } from "../../helpers/loadScript";

interface SelectionModule {
  readSelection(args: string[]): { selected: Map<string, string[]>; options: string[] };
}

describe("npm test: what its arguments select", () => {
  const all = {
    unit: "dist/test/unit/**/*.test.js",
    page: "dist/test/page/**/*.test.js",
    sandbox: "dist/test/sandbox/**/*.test.js",
  };
  let read: (...args: string[]) => { selected: Record<string, string[]>; options: string[] };
  before(async () => {
    const { readSelection } = await loadScript<SelectionModule>("test/selection.mjs");
    read = (...args) => {
      const { selected, options } = readSelection(args);
      return { selected: Object.fromEntries(selected), options };
    };
  });

  it("is every suite where only mocha's options are given", () => {
    assert.deepEqual(read("--grep", "partition key", "--bail"), {
      selected: { unit: [all.unit], page: [all.page], sandbox: [all.sandbox] },
      options: ["--grep", "partition key", "--bail"],
    });
  });

  it("is a suite by name, and a file in its suite by source or compiled path", () => {
    assert.deepEqual(read("sandbox").selected, { sandbox: [all.sandbox] });
    assert.deepEqual(read("./test/unit/a/b.test.ts", "dist/test/sandbox/c.test.js").selected, {
      unit: ["dist/test/unit/a/b.test.js"],
      sandbox: ["dist/test/sandbox/c.test.js"],
    });
  });

  it("is refused where a file is in no suite", () => {
    assert.throws(() => read("test/other/a.test.ts"), /test\/other\/a\.test\.ts is in no suite/);
  });
});
