import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { loadScript } from "../../helpers/loadScript";
import { sourcesOf } from "../../helpers/streamRecords";
import { temporaryFolder } from "../../helpers/temporaryFolder";

const FILES = ["fanIn", "onDemand/s3", "onDemand/secretsManager"];
const LARGEST_ZIP_BYTES = 500_000;

describe("the fan-in's bundle", function () {
  this.timeout(60_000);

  /** A folder with the bundle and what it loads on demand, and nothing else: no packages above it either. */
  let folder: string;
  let bundle: string;

  before(async () => {
    const script = await loadScript<{ bundleFile(name: string): string; bundleLambdas(): Promise<void> }>(
      "build/bundleLambdas.mjs",
    );
    await script.bundleLambdas();
    folder = temporaryFolder();
    mkdirSync(path.join(folder, "onDemand"));
    for (const name of FILES) {
      copyFileSync(script.bundleFile(name), path.join(folder, `${name}.js`));
    }
    bundle = readFileSync(path.join(folder, "fanIn.js"), "utf8");
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("stays small in the zip, for it is loaded at every cold start", () => {
    const bytes = FILES.map((name) => deflateRawSync(readFileSync(path.join(folder, `${name}.js`))).length);
    const length = bytes.reduce((sum, one) => sum + one);
    assert.ok(length < LARGEST_ZIP_BYTES, `it takes ${length} bytes`);
  });

  it("holds neither Pulumi nor the parser that is for consumers", () => {
    assert.ok(!bundle.includes("@pulumi"));
    assert.ok(!bundle.includes("isLosslessNumber"));
  });

  it("leaves what it rarely needs to files of their own, and to Lambda what Lambda never needs", () => {
    assert.ok(!bundle.includes("com.amazonaws.s3"), "the client of S3");
    assert.ok(!bundle.includes("com.amazonaws.secretsmanager"), "the client of Secrets Manager");
    assert.ok(!bundle.includes("sso_start_url"), "the credentials of a developer's machine");
  });

  it("makes a handler in plain Node with no packages around", () => {
    assert.deepEqual(run("handler({ Records: [] }, context)"), { batchItemFailures: [] });
  });

  it("keeps a record that is no event in the bucket, with the credentials of the environment", () => {
    const request = run(`new Promise((resolve, reject) => {
      const server = require("node:http").createServer((request, response) => {
        response.setHeader("Connection", "close").end();
        server.close();
        resolve({ url: request.url, authorization: request.headers.authorization.slice(0, 32) });
      }).listen(0, "127.0.0.1", () => {
        process.env.AWS_ENDPOINT_URL_S3 = "http://127.0.0.1:" + server.address().port;
        handler({ Records: [{ eventID: "1" }] }, context).catch(reject);
      });
    })`);
    assert.deepEqual(request, {
      url: "/failures/unprocessable/unknown/undated/1.json?x-id=PutObject",
      authorization: "AWS4-HMAC-SHA256 Credential=AKIA",
    });
  });

  /** What an expression resolves to in a process of its own, which may use `handler` and `context`. */
  function run(expression: string): unknown {
    const program = `
      const { createHandler } = require("./fanIn.js");
      const handler = createHandler(process.env, ${JSON.stringify(sourcesOf("shop-orders"))});
      const context = { getRemainingTimeInMillis: () => 10_000 };
      ${expression}.then((answer) => console.log("answer: " + JSON.stringify(answer)));`;
    const output = execFileSync(process.execPath, ["--no-warnings", "-e", program], {
      cwd: folder,
      env: {
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "AKIA",
        AWS_SECRET_ACCESS_KEY: "test",
        STREAM_NAME: "changes",
        FAILURE_BUCKET: "failures",
      },
      encoding: "utf8",
    });
    // The function's log goes there as well.
    return JSON.parse(output.match(/^answer: (.*)$/m)?.[1] ?? "");
  }
});
