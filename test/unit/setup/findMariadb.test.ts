import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FindMariadbModule {
  findMariadb(
    searchPath: string,
    places: string[],
  ): Promise<{ program: string; version: string } | undefined>;
  isConfined(program: string, profiles: string): boolean;
}

describe("set-up: which MariaDB or MySQL server will do", () => {
  let script: FindMariadbModule;
  let folder: string;
  let places: string[];
  before(async () => {
    script = await loadScript<FindMariadbModule>("setup/findMariadb.mjs");
  });
  beforeEach(() => {
    folder = temporaryFolder();
    places = [path.join(folder, "opt", "maria*", "bin"), path.join(folder, "sbin")];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(file: string, version: string): string {
    const program = path.join(folder, file);
    fakeProgram(
      path.dirname(program),
      path.basename(program),
      `echo "$0  Ver ${version} for Linux on x86_64"`,
    );
    return program;
  }

  it("prefers the one on PATH to a newer one elsewhere", async () => {
    install("opt/mariadb@12/bin/mariadbd", "12.0.2-MariaDB");
    const program = install("on-path/mariadbd", "10.6.18-MariaDB");
    assert.deepEqual(await script.findMariadb(path.dirname(program), places), {
      program,
      version: "10.6.18-MariaDB",
    });
  });

  it("takes the newest of the known places, by number", async () => {
    install("sbin/mariadbd", "10.5.9-MariaDB");
    const program = install("opt/mariadb/bin/mariadbd", "10.11.6-MariaDB");
    assert.equal((await script.findMariadb("", places))?.program, program);
  });

  it("takes MySQL where there is no MariaDB", async () => {
    const program = install("sbin/mysqld", "8.0.36");
    assert.deepEqual(await script.findMariadb("", places), { program, version: "8.0.36" });
    const better = install("opt/mariadb/bin/mariadbd", "10.11.6-MariaDB");
    assert.equal((await script.findMariadb("", places))?.program, better);
  });

  it("passes over one that is too old, whichever it is, or does not run", async () => {
    install("sbin/mysqld", "5.7.44");
    install("on-path/mysqld", "10.3.39-MariaDB");
    fakeProgram(path.join(folder, "opt", "mariadb", "bin"), "mariadbd", "exit 1");
    assert.equal(await script.findMariadb(path.join(folder, "on-path"), places), undefined);
  });

  it("passes over one that AppArmor keeps to the system's data folder", () => {
    const program = install("sbin/mysqld", "8.0.36");
    const profiles = path.join(folder, "profiles");
    const name = program.slice(1).replaceAll("/", ".");
    fakeProgram(profiles, name, "# comments alone");
    assert.equal(script.isConfined(program, profiles), false);
    fakeProgram(profiles, name, `${program} {\n}`);
    assert.equal(script.isConfined(program, profiles), true);
  });
});
