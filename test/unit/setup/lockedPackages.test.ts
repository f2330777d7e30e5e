import assert from "node:assert/strict";
import { loadScript } from "../../helpers/loadScript";

type Packages = Record<string, Record<string, unknown>>;

interface LockedPackagesModule {
  missingPackages(locked: Packages, installed: Packages, platform: string, arch: string): string[];
}

describe("set-up: npm packages against the lock file", () => {
  const locked: Packages = {
    "": { name: "project" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/tool-linux": {
      version: "2.0.0",
      integrity: "sha512-l",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
    },
    "node_modules/tool-mac": { version: "2.0.0", integrity: "sha512-m", optional: true, os: ["darwin"] },
    "node_modules/tool-musl": {
      version: "2.0.0",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
    },
    "node_modules/not-windows": { version: "3.0.0", optional: true, os: ["!win32"] },
  };
  let missing: (installed: Packages) => string[];
  before(async () => {
    const { missingPackages } = await loadScript<LockedPackagesModule>("setup/lockedPackages.mjs");
    missing = (installed) => missingPackages(locked, installed, "linux", "x64");
  });

  it("asks for everything but other platforms' packages in an empty checkout", () => {
    assert.deepEqual(missing({}), ["node_modules/a", "node_modules/tool-linux", "node_modules/not-windows"]);
  });

  it("is content with a tree that has what the lock file has, and more", () => {
    const { "": _root, ...installed } = locked;
    assert.deepEqual(missing({ ...installed, "node_modules/extra": { version: "9.9.9" } }), []);
  });

  it("notices another version, and the same version with other content", () => {
    const { "": _root, ...installed } = locked;
    assert.deepEqual(
      missing({ ...installed, "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } }),
      ["node_modules/a"],
    );
    assert.deepEqual(
      missing({ ...installed, "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } }),
      ["node_modules/a"],
    );
  });
});
