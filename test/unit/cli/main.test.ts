import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const MAIN = join(__dirname, "..", "..", "..", "cli", "main.js");

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...argv], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("rowstream", () => {
  it("ends with 0 after it has helped", () => {
    const { status, stdout, stderr } = run("--help");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^Usage: rowstream/);
  });

  it("ends with 2 on wrong usage, with nothing on standard output", () => {
    const { status, stdout, stderr } = run("sandbox", "--exit-after", "none");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /whole number/);
  });

  it("ends with 2 where it cannot ask for consent", () => {
    const { status, stdout, stderr } = run("up");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(
      stderr,
      "error: there is no terminal to ask for confirmation\n  add --yes to go ahead without a question\n",
    );
  });
});
