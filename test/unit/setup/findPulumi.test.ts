import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fakeProgram } from "../../helpers/fakeProgram";
import { loadScript } from "../../helpers/loadScript";
import { temporaryFolder } from "../../helpers/temporaryFolder";

interface FindPulumiModule {
  findPulumi(searchPath: string): Promise<{ program?: string; version?: string; refused?: string[] }>;
}

describe("set-up: which Pulumi CLI on PATH will do", () => {
  let findPulumi: FindPulumiModule["findPulumi"];
  let folder: string;
  before(async () => {
    ({ findPulumi } = await loadScript<FindPulumiModule>("setup/findPulumi.mjs"));
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(name: string, version: string, whole = true): string {
    const bin = path.join(folder, name);
    if (whole) fakeProgram(bin, "pulumi-language-nodejs", "exit 0");
    fakeProgram(bin, "pulumi", `echo v${version}`);
    return bin;
  }

  it("takes the first that is new enough and whole, and passes over the others", async () => {
    const search = [install("old", "3.173.0"), install("good", "3.181.0"), install("newer", "3.300.0")];
    const found = await findPulumi(search.join(path.delimiter));
    assert.deepEqual(found, { program: path.join(folder, "good", "pulumi"), version: "3.181.0" });
  });

  it("names what is wrong with each that will not do", async () => {
    const broken = fakeProgram(path.join(folder, "broken"), "pulumi", "exit 3");
    const search = [
      install("old", "3.173.0", false),
      path.dirname(broken),
      install("part", "3.250.0", false),
    ];
    const { refused } = await findPulumi(search.join(path.delimiter));
    assert.deepEqual(refused, [
      `${path.join(folder, "old", "pulumi")} is 3.173.0, older than 3.181.0`,
      `${broken} does not answer to \`pulumi version\``,
      `${path.join(folder, "part", "pulumi")} comes without pulumi-language-nodejs`,
    ]);
    assert.deepEqual(await findPulumi(path.join(folder, "empty")), { refused: ["there is none"] });
  });

  it("finds the language host beside the file that a link leads to, and elsewhere on PATH", async () => {
    const cellar = install("cellar", "3.250.0");
    const links = path.join(folder, "links");
    mkdirSync(links);
    symlinkSync(path.join(cellar, "pulumi"), path.join(links, "pulumi"));
    assert.equal((await findPulumi(links)).program, path.join(links, "pulumi"));

    const part = install("part", "3.250.0", false);
    const host = fakeProgram(path.join(folder, "host"), "pulumi-language-nodejs", "exit 0");
    const search = [part, path.dirname(host)].join(path.delimiter);
    assert.equal((await findPulumi(search)).program, path.join(part, "pulumi"));
  });
});
