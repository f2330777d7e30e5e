import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FindPythonModule {
  findPython(searchPath: string): Promise<{ program: string; version: string }>;
}

describe("set-up: which Python will do", () => {
  let findPython: FindPythonModule["findPython"];
  let folder: string;
  before(async () => {
    ({ findPython } = await loadScript<FindPythonModule>("setup/findPython.mjs"));
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes a later Python where python3 is too old", async () => {
    fakeProgram(folder, "python3", "echo 3.9.18");
    const program = fakeProgram(folder, "python3.12", "echo 3.12.1");
    assert.deepEqual(await findPython(folder), { program, version: "3.12.1" });
  });

  it("says of each why it will not do, and the remedy", async () => {
    const old = fakeProgram(folder, "python3", "echo 3.9.18");
    const bare = fakeProgram(
      folder,
      "python3.11",
      `echo 3.11.2; echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`,
    );
    await assert.rejects(findPython(folder), (error: Error) => {
      assert.ok(error.message.includes(`${old} is Python 3.9.18, ${bare} (Python 3.11.2) lacks ensurepip`));
      assert.match(error.message, /python3-venv|brew install/);
      return true;
    });
  });

  it("says so where there is none at all", async () => {
    await assert.rejects(findPython(path.join(folder, "empty")), /there is no python3 on PATH/);
  });
});
