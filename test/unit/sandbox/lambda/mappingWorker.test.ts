import assert from "node:assert/strict";
import { AwsHttpError } from "../../../../sandbox/awsHttp";
import { MappingWorker } from "../../../../sandbox/lambda/mapping/mappingWorker";
import type { ShardOptions } from "../../../../sandbox/lambda/mapping/shardWorker";
import { FakeCheckpoints, FakeStream, fakeRecord } from "../../../helpers/fakeStream";

/** Runs a worker until the function has seen so many records, and gives what it saw. */
class Rig {
  readonly seen: number[] = [];
  readonly reports: string[] = [];
  readonly checkpoints = new FakeCheckpoints();
  private worker: MappingWorker | undefined;

  constructor(private readonly source: FakeStream) {}

  async start(options: Partial<ShardOptions> = {}): Promise<void> {
    this.worker = new MappingWorker({
      source: this.source,
      checkpoints: this.checkpoints,
      start: { type: "TRIM_HORIZON" },
      batchSize: 10,
      windowMs: 0,
      lanes: 1,
      matches: () => true,
      policy: { maximumRetryAttempts: -1, bisect: false },
      maximumAgeSeconds: 86_400,
      reportsFailures: true,
      sendAway: undefined,
      invoke: async (event) => {
        this.seen.push(...(JSON.parse(event) as { Records: { n: number }[] }).Records.map(({ n }) => n));
        return { requestId: "r", payload: "null", logTail: "" };
      },
      report: (result) => this.reports.push(result),
      log: () => undefined,
      ...options,
    });
    await this.worker.start();
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (!condition()) {
      assert.ok(Date.now() < deadline, `not within 5 s; seen: ${this.seen}, reports: ${this.reports}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async stop(): Promise<void> {
    await this.worker?.stop();
  }
}

describe("a mapping's worker", () => {
  it("reads a shard's parents to their end before the shard", async () => {
    const stream = new FakeStream(1);
    stream.add("child", [fakeRecord(4), fakeRecord(5)], { parents: ["left", "right"] });
    stream.add("right", [fakeRecord(2), fakeRecord(3)]);
    stream.add("left", [fakeRecord(1)], { parents: ["long-gone"] });
    const rig = new Rig(stream);
    await rig.start();
    await rig.until(() => rig.seen.length === 5);
    await rig.stop();
    assert.deepEqual(rig.seen.slice(3), [4, 5]);
  });

  it("goes on with the next start where it was stopped", async () => {
    const stream = new FakeStream();
    const records = [fakeRecord(1)];
    stream.add("s", records, { closed: false });
    const rig = new Rig(stream);
    await rig.start();
    await rig.until(() => rig.seen.length === 1);
    await rig.stop();
    records.push(fakeRecord(2));
    await rig.start();
    await rig.until(() => rig.seen.length === 2);
    await rig.stop();
    assert.deepEqual(rig.seen, [1, 2]);
  });

  it("leaves out what was there before, from LATEST, but not shards that appear later", async () => {
    const stream = new FakeStream();
    const old = Date.now() - 60_000;
    const open = [fakeRecord(2, "k", old)];
    stream.add("closed", [fakeRecord(1, "k", old)]);
    stream.add("open", open, { closed: false, parents: ["closed"] });
    const rig = new Rig(stream);
    await rig.start({ start: { type: "LATEST" } });
    await rig.until(() => rig.checkpoints.read("open").latestSince !== undefined);
    await rig.stop();
    open.push(fakeRecord(3, "k", Date.now() + 1_000));
    stream.add("open", open, { closed: true, parents: ["closed"] });
    stream.add("new", [fakeRecord(4)], { parents: ["open"] });
    await rig.start({ start: { type: "LATEST" } });
    await rig.until(() => rig.seen.length === 2);
    await rig.stop();
    assert.deepEqual(rig.seen, [3, 4]);
  });

  it("drains a stream that was disabled and then reports a problem", async () => {
    const stream = new FakeStream();
    stream.add("s", [fakeRecord(1)]);
    stream.enabled = false;
    const rig = new Rig(stream);
    await rig.start();
    await rig.until(() =>
      rig.reports.some((report) => report.includes("is disabled and has been read to its end")),
    );
    await rig.stop();
    assert.deepEqual(rig.seen, [1]);
  });

  it("reports a stream that cannot be read, and recovers", async () => {
    const stream = new FakeStream();
    stream.add("s", [fakeRecord(1)]);
    const listShards = stream.listShards.bind(stream);
    stream.listShards = async () => {
      stream.listShards = listShards;
      throw new AwsHttpError("ResourceNotFoundException", "Stream not found", 400);
    };
    const rig = new Rig(stream);
    await rig.start();
    await rig.until(() => rig.seen.length === 1);
    await rig.stop();
    assert.equal(rig.reports[0], "PROBLEM: DynamoDB stream cannot be read: Stream not found");
    assert.equal(rig.reports.at(-1), "OK");
  });
});
