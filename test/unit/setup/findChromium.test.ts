import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FindChromiumModule {
  findChromium(
    searchPath: string,
    places: string[],
  ): Promise<{ program: string; version: string } | undefined>;
}

describe("set-up: which browser will do", () => {
  let script: FindChromiumModule;
  let folder: string;
  before(async () => {
    script = await loadScript<FindChromiumModule>("setup/findChromium.mjs");
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(name: string, says: string): string {
    fakeProgram(folder, name, `echo "${says}"`);
    return path.join(folder, name);
  }

  it("is Chromium before Chrome", async () => {
    install("google-chrome", "Google Chrome 141.0.7390.54 ");
    const program = install("chromium", "Chromium 140.0.7339.185 built on Debian GNU/Linux 12 (bookworm)");
    assert.deepEqual(await script.findChromium(folder, []), { program, version: "140.0.7339.185" });
  });

  it("is one in a known place where none is on PATH", async () => {
    const program = install("Google Chrome", "Google Chrome 141.0.7390.54 ");
    assert.deepEqual(await script.findChromium("", [program]), { program, version: "141.0.7390.54" });
  });

  it("is none that is too old, and no script that asks for a snap", async () => {
    install("chromium", "Chromium 119.0.6045.199");
    install(
      "chromium-browser",
      "Command '/usr/bin/chromium-browser' requires the chromium snap to be installed.",
    );
    assert.equal(await script.findChromium(folder, []), undefined);
  });
});
