import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FindJavaModule {
  findJava(
    minimum: string,
    where: { searchPath: string; javaHome: string; places: string[] },
  ): Promise<{ program: string; version: string } | undefined>;
}

describe("set-up: which Java will do", () => {
  let findJava: FindJavaModule["findJava"];
  let folder: string;
  before(async () => {
    ({ findJava } = await loadScript<FindJavaModule>("setup/findJava.mjs"));
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(name: string, version: string): string {
    const bin = path.join(folder, name, "bin");
    fakeProgram(bin, "java", `echo 'openjdk version "${version}" 2025-10-21' >&2`);
    return path.join(bin, "java");
  }

  /** Looks in the folders of that name, and in the known places below `jvm`. */
  function find(home: string, onPath: string) {
    return findJava("21", {
      javaHome: home === "" ? "" : path.join(folder, home),
      searchPath: path.join(folder, onPath, "bin"),
      places: [path.join(folder, "jvm", "*", "bin", "java")],
    });
  }

  it("takes that of JAVA_HOME before the one on PATH", async () => {
    install("on-path", "25.0.1");
    const program = install("home", "21.0.4");
    assert.deepEqual(await find("home", "on-path"), { program, version: "21.0.4" });
  });

  it("passes over one that is too old, for one in the usual folders", async () => {
    install("home", "1.8.0_452");
    install("on-path", "17.0.16");
    const program = install("jvm/java-25", "25.0.3");
    assert.deepEqual(await find("home", "on-path"), { program, version: "25.0.3" });
  });

  it("finds none where none is new enough or runs", async () => {
    install("jvm/java-17", "17.0.16");
    fakeProgram(path.join(folder, "on-path", "bin"), "java", "exit 1");
    assert.equal(await find("", "on-path"), undefined);
  });
});
