import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTools } from "../../../cli/tools";

describe("readTools", () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowstream-test-"));
    file = join(folder, "tools.json");
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("gives the tools that set-up wrote", async () => {
    const tools = { pulumi: folder, languageHost: null, postgresBin: folder, ministack: folder };
    await writeFile(file, JSON.stringify(tools));
    assert.deepEqual(readTools(file), tools);
  });

  it("asks for the set-up where it has not run", () => {
    assert.throws(() => readTools(file), {
      name: "UsageError",
      message: `the tools are not set up: ${file} is missing`,
      remedy: /npm run setup/,
    });
  });

  it("names a tool that is gone since", async () => {
    const tools = {
      pulumi: join(folder, "pulumi"),
      languageHost: null,
      postgresBin: folder,
      ministack: folder,
    };
    await writeFile(file, JSON.stringify(tools));
    assert.throws(() => readTools(file), {
      message: `the tool "pulumi" is gone: there is no ${folder}/pulumi`,
    });
  });

  it("says that a file is damaged", async () => {
    await writeFile(file, "{");
    assert.throws(() => readTools(file), { message: `${file} is damaged` });
  });
});
