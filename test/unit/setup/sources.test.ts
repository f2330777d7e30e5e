import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface SourcesModule {
  listSources(root: string): string[];
  outputOf(source: string): string | undefined;
}

describe("build: the sources", () => {
  let subject: SourcesModule;
  before(async () => {
    subject = await loadScript<SourcesModule>("build/sources.mjs");
  });

  it("are what tsconfig.json includes, without node_modules and what it excludes", () => {
    const root = temporaryFolder();
    const write = (file: string, content = "") => {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), content);
    };
    write("tsconfig.json", JSON.stringify({ include: ["*.ts", "cli", "absent"], exclude: ["cli/fixtures"] }));
    for (const file of ["index.ts", "b.js", "cli/main.ts", "cli/deep/x.json", "cli/notes.md"]) write(file);
    for (const file of ["cli/node_modules/a.ts", "cli/fixtures/a.ts", "other/a.ts"]) write(file);
    assert.deepEqual(subject.listSources(root), ["cli/deep/x.json", "cli/main.ts", "index.ts"]);
    rmSync(root, { recursive: true });
  });

  it("become JavaScript, except declarations and JSON", () => {
    assert.equal(subject.outputOf("cli/main.ts"), "cli/main.js");
    assert.equal(subject.outputOf("a.mts"), "a.mjs");
    assert.equal(subject.outputOf("types.d.ts"), undefined);
    assert.equal(subject.outputOf("schema.json"), undefined);
  });
});
