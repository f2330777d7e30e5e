import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StreamRecords, sourcesOf } from "../../test/helpers/streamRecords";
import type { Bench } from "../bench";
import { median } from "../measure";
import { atMost, machine, type Report } from "../report";
import { type KinesisSink, startKinesisSink } from "./kinesisSink";
import { deployedPackage, type FunctionPackage, unbundledPackage } from "./packages";

const LARGEST_ZIP_KB = 500;
const LARGEST_SHARE = 0.5;

/** From the start of a Node process to the first record at Kinesis: what Lambda's runtime and the network add is not in. */
export const coldStart: Bench = async (size, onProgress) => {
  const report: Report = { name: "coldstart", machine: machine(), rows: [], ratios: {}, targets: {} };
  const folder = mkdtempSync(join(tmpdir(), "rowstream-bench-"));
  const sink = await startKinesisSink();
  try {
    const sources = sourcesOf("shop-orders");
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    const deployed = await deployedPackage(join(folder, "deployed"), sources);
    const peers = [true, false].map((atOnce) =>
      unbundledPackage(join(folder, String(atOnce)), sources, atOnce),
    );
    const starts = size === "full" ? 15 : 1;
    const times = new Map<FunctionPackage, number[]>(
      [deployed, ...peers].map((candidate) => [candidate, []]),
    );
    // A first start each, for the file system's cache.
    for (let round = -1; round < starts; round += 1) {
      onProgress(round < 0 ? "warming the file system's cache" : `start ${round + 1} of ${starts}`);
      for (const [candidate, list] of times) {
        const time = await timeToFirstRecord(candidate, sink);
        if (round >= 0) {
          list.push(time);
        }
      }
    }
    for (const [{ name, zipBytes }, list] of times) {
      report.rows.push({
        function: name,
        "ms to the first record": median(list),
        "zip, KB": zipBytes === undefined ? "" : zipBytes / 1000,
      });
    }
    const time = (candidate: FunctionPackage) => median(times.get(candidate) ?? []);
    for (const peer of peers) {
      const share = time(deployed) / time(peer);
      report.ratios[`time beside ${peer.name}`] = share;
      report.targets[`time beside ${peer.name}`] = atMost(share, LARGEST_SHARE);
    }
    const zipKb = (deployed.zipBytes ?? Number.NaN) / 1000;
    report.targets.zip = atMost(zipKb, LARGEST_ZIP_KB, " KB");
    return report;
  } finally {
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function timeToFirstRecord({ folder }: FunctionPackage, sink: KinesisSink): Promise<number> {
  const event = { Records: [new StreamRecords().insert({ order_id: { N: "1" }, status: { S: "new" } })] };
  const program = `require("./__index.js").handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 30_000 })`;
  const called = sink.nextCall();
  const start = performance.now();
  const child = spawn(process.execPath, ["--no-warnings", "-e", program], {
    cwd: folder,
    env: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_KINESIS: sink.url,
      STREAM_NAME: "changes",
      FAILURE_BUCKET: "failures",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the function ended with ${code} and published nothing`);
  });
  const at = await Promise.race([called, ended]);
  await ended.catch(() => undefined);
  return at - start;
}
