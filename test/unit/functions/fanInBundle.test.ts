import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { loadScript } from "../../helpers/loadScript";
import { sourcesOf } from "../../helpers/streamRecords";
import { temporaryFolder } from "../../helpers/temporaryFolder";

const LARGEST_ZIP_BYTES = 500_000;

describe("the fan-in's bundle", function () {
  this.timeout(60_000);

  let bundleFile: string;
  let bundle: Buffer;

  before(async () => {
    const script = await loadScript<{ bundleFile(name: string): string; bundleLambdas(): Promise<void> }>(
      "build/bundleLambdas.mjs",
    );
    await script.bundleLambdas();
    bundleFile = script.bundleFile("fanIn");
    bundle = readFileSync(bundleFile);
  });

  it("stays small in the zip, for it is loaded at every cold start", () => {
    const { length } = deflateRawSync(bundle);
    assert.ok(length < LARGEST_ZIP_BYTES, `it takes ${length} bytes`);
  });

  it("holds neither Pulumi nor the parser that is for consumers", () => {
    const text = bundle.toString();
    assert.ok(!text.includes("@pulumi"));
    assert.ok(!text.includes("isLosslessNumber"));
  });

  it("makes a handler in plain Node with no packages around", () => {
    const folder = temporaryFolder();
    try {
      copyFileSync(bundleFile, path.join(folder, "fanIn.js"));
      const program = `
        const { createHandler } = require("./fanIn.js");
        const handler = createHandler(process.env, ${JSON.stringify(sourcesOf("shop-orders"))});
        handler({ Records: [] }, { getRemainingTimeInMillis: () => 1000 }).then((answer) => {
          process.stdout.write(JSON.stringify(answer));
        });`;
      const output = execFileSync(process.execPath, ["--no-warnings", "-e", program], {
        cwd: folder,
        env: { AWS_REGION: "us-east-1", STREAM_NAME: "changes", FAILURE_BUCKET: "failures" },
        encoding: "utf8",
      });
      assert.equal(output, '{"batchItemFailures":[]}');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
