import assert from "node:assert/strict";
import path from "node:path";
import * as fc from "fast-check";
import { loadScript } from "../../helpers/loadScript";

interface VersionModule {
  parseVersion(text: string): [number, number, number] | undefined;
  compareVersions(a: number[], b: number[]): number;
  isAtLeast(text: string, minimum: string): boolean;
  satisfies(text: string, range: string): boolean;
}

describe("set-up: versions", () => {
  let version: VersionModule;
  before(async () => {
    version = await loadScript<VersionModule>(path.join("lib", "version.mjs"));
  });

  it("reads the version out of what programs print", () => {
    const cases: [string, number[] | undefined][] = [
      ["v3.250.0", [3, 250, 0]],
      ["3.251.0-alpha.x9", [3, 251, 0]],
      ["go1.26.8", [1, 26, 8]],
      ["Python 3.14.0rc1", [3, 14, 0]],
      ["postgres (PostgreSQL) 18beta1", [18, 0, 0]],
      ["postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", [15, 18, 0]],
      ["no number here", undefined],
      ["", undefined],
    ];
    for (const [text, expected] of cases) assert.deepEqual(version.parseVersion(text), expected, text);
  });

  it("orders versions by number, not by text", () => {
    assert.ok(version.isAtLeast("3.1000.0", "3.174.0"));
    assert.ok(version.isAtLeast("3.174.0", "3.174.0"));
    assert.ok(!version.isAtLeast("3.173.9", "3.174.0"));
    assert.ok(!version.isAtLeast("3.9", "3.10"));
    assert.ok(!version.isAtLeast("", "3.10"));
  });

  it("orders any two versions the same from either side", async () => {
    const part = fc.nat({ max: 3 });
    const triple = fc.tuple(part, part, part);
    await fc.assert(
      fc.property(triple, triple, (a, b) => {
        const forwards = Math.sign(version.compareVersions(a, b));
        assert.equal(forwards + Math.sign(version.compareVersions(b, a)), 0);
        assert.equal(forwards === 0, a.join() === b.join());
      }),
    );
  });

  it("holds a version against the ranges that package.json uses", () => {
    const range = "^20.19.0 || >=22.12.0";
    for (const fits of ["20.19.0", "20.20.2", "22.12.0", "24.1.0"])
      assert.ok(version.satisfies(fits, range), fits);
    for (const not of ["18.20.8", "20.18.3", "21.7.3", "22.11.0"])
      assert.ok(!version.satisfies(not, range), not);
  });

  it("refuses a range that it cannot read rather than guess", () => {
    assert.throws(() => version.satisfies("20.19.0", "20.x"), /cannot read the version range "20\.x"/);
  });
});
