import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FindPostgresModule {
  findPostgres(searchPath: string, places: string[]): Promise<{ bin: string; version: string } | undefined>;
}

describe("set-up: which PostgreSQL will do", () => {
  let findPostgres: FindPostgresModule["findPostgres"];
  let folder: string;
  let places: string[];
  before(async () => {
    ({ findPostgres } = await loadScript<FindPostgresModule>("setup/findPostgres.mjs"));
  });
  beforeEach(() => {
    folder = temporaryFolder();
    places = [path.join(folder, "lib", "*", "bin")];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(name: string, version: string): string {
    const bin = path.join(folder, name);
    fakeProgram(bin, "postgres", `echo "postgres (PostgreSQL) ${version} (Debian)"`);
    fakeProgram(bin, "initdb", "exit 0");
    return bin;
  }

  it("prefers the one on PATH to a newer one elsewhere", async () => {
    install("lib/18/bin", "18.1");
    const bin = install("on-path", "14.9");
    assert.deepEqual(await findPostgres(bin, places), { bin, version: "14.9" });
  });

  it("takes the newest of the known places, by number", async () => {
    install("lib/9.6/bin", "9.6.24");
    install("lib/13/bin", "13.1");
    const bin = install("lib/16/bin", "16.4");
    assert.deepEqual(await findPostgres("", places), { bin, version: "16.4" });
  });

  it("asks pg_config where the programs lie", async () => {
    const bin = install("hidden", "17.0");
    fakeProgram(path.join(folder, "tools"), "pg_config", `echo ${bin}`);
    assert.deepEqual(await findPostgres(path.join(folder, "tools"), places), { bin, version: "17.0" });
  });

  it("passes over one that is too old, lacks initdb or does not run", async () => {
    install("lib/11/bin", "11.22");
    rmSync(path.join(install("lib/15/bin", "15.1"), "initdb"));
    const broken = install("lib/17/bin", "17.0");
    fakeProgram(broken, "postgres", "exit 1");
    assert.equal(await findPostgres("", places), undefined);
  });
});
