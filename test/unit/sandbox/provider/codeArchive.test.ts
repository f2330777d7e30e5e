import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { zipArchive } from "../../../../sandbox/provider/codeArchive";
import { ARCHIVE, ASSET, SIGNATURE } from "../../../../sandbox/provider/properties";
import { temporaryFolder } from "../../../helpers/temporaryFolder";

const archive = (content: object) => ({ [SIGNATURE]: ARCHIVE, ...content });
const asset = (content: object) => ({ [SIGNATURE]: ASSET, ...content });

describe("zipArchive", () => {
  let root: string;

  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, "dist", "lambda"), { recursive: true });
    writeFileSync(join(root, "dist", "lambda", "fanIn.js"), "exports.x = 1;");
    writeFileSync(join(root, "one.txt"), "one");
    writeFileSync(join(root, "packed.zip"), zipSync({ "in/side.txt": Buffer.from("side") }));
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function content(given: unknown): Record<string, string> {
    const files = Object.entries(unzipSync(zipArchive(given, root)));
    return Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
  }

  it("holds texts, files, folders and zips, each at its place", () => {
    const given = archive({
      assets: {
        "__index.js": asset({ text: "exports.handler = 1;" }),
        "dist/lambda": archive({ path: "dist/lambda" }),
        "a/one.txt": asset({ path: "one.txt" }),
        lib: archive({ path: "packed.zip" }),
        deep: archive({ assets: { "b.txt": asset({ text: "b" }) } }),
      },
    });
    assert.deepEqual(content(given), {
      "__index.js": "exports.handler = 1;",
      "dist/lambda/fanIn.js": "exports.x = 1;",
      "a/one.txt": "one",
      "lib/in/side.txt": "side",
      "deep/b.txt": "b",
    });
  });

  it("takes a whole folder by its path", () => {
    assert.deepEqual(content(archive({ path: join(root, "dist") })), { "lambda/fanIn.js": "exports.x = 1;" });
  });

  it("gives the same bytes for the same content, in whatever order and at whatever time", () => {
    const texts = { "a.js": asset({ text: "a" }), "b.js": asset({ text: "b" }) };
    const first = zipArchive(archive({ assets: texts }), root);
    const again = zipArchive(archive({ assets: Object.fromEntries(Object.entries(texts).reverse()) }), root);
    assert.deepEqual(Buffer.from(again), Buffer.from(first));
  });

  it("names what is not there, and where it looked", () => {
    assert.throws(
      () => zipArchive(archive({ path: "dist/gone" }), root),
      (error: Error) => error.message.startsWith(`"dist/gone" is not in ${root}`),
    );
  });

  it("refuses content at a URL, and a path that is no archive", () => {
    const remote = archive({ assets: { x: asset({ uri: "https://example.com/x" }) } });
    assert.throws(() => zipArchive(remote, root), /x: its content is at https:\/\/example.com\/x/);
    assert.throws(() => zipArchive(archive({ path: "one.txt" }), root), /"one.txt" is no folder and no zip/);
  });
});
