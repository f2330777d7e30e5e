import assert from "node:assert/strict";
import { DmsBench } from "../helpers/dmsBench";
import { FaultyAws } from "../helpers/faultyAws";
import { poll } from "../helpers/poll";
import { seededRandom } from "../helpers/seededRandom";
import { assertStockConverges, createStock, StockWorkload } from "../helpers/stockWorkload";

describe("the DMS stand-in under faults", function () {
  this.timeout(180_000);
  let bench: DmsBench;
  let aws: FaultyAws;
  let task: string;
  let workload: StockWorkload;
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

  beforeEach(async () => {
    bench = await DmsBench.startServers();
    aws = await FaultyAws.start(bench.miniStack.endpoint);
    // Under which the target comes to be the source's rows.
    const behaviour = JSON.stringify({ nullOnUpdate: "remove" });
    await bench.startDms({ AWS_ENDPOINT_URL: aws.endpoint, ROWSTREAM_DMS_BEHAVIOUR: behaviour });
    await bench.newDatabase();
    await createStock(bench);
    task = await bench.createTask("faults");
    workload = new StockWorkload(bench, seededRandom(seed));
  });

  afterEach(async () => {
    await workload.stop();
    await aws.stop();
    const log = bench.processLog();
    await bench.stop();
    assert.doesNotMatch(log, /MaxListenersExceededWarning/);
  });

  it(`goes on by itself after kill -9 in the load and in the changes (seed ${seed})`, async () => {
    workload.start();
    await bench.startTask(task);
    await bench.waitForTask(task, "running");
    await bench.endDms("SIGKILL");
    await bench.startDms();
    await bench.waitForTask(task, "stopped");
    await bench.startTask(task, "resume-processing");
    for (let crash = 0; crash < 4; crash++) {
      const { changes } = workload;
      await poll("some changes", async () => workload.changes > changes + 150);
      await bench.endDms("SIGKILL");
      await bench.startDms();
      assert.match((await bench.describeTask(task)).Status ?? "", /starting|running/);
    }
    await workload.stop();
    await assertStockConverges(bench);
  });

  it(`reads the log again after the source was restarted and crashed (seed ${seed})`, async () => {
    await bench.loadAndResume(task);
    workload.start();
    for (const mode of ["fast", "immediate"] as const) {
      const { changes } = workload;
      await poll("some changes", async () => workload.changes > changes + 200);
      await bench.server.stop(mode);
      await bench.server.start();
    }
    const { changes } = workload;
    await poll("changes after it", async () => workload.changes > changes + 100);
    await workload.stop();
    await assertStockConverges(bench);
    assert.equal((await bench.describeTask(task)).Status, "running");
  });

  it(`skips nothing when DynamoDB throttles, fails and cuts connections (seed ${seed})`, async () => {
    const random = seededRandom(seed + 1);
    const faults = [
      { status: 400, type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException" },
      { status: 400, type: "com.amazon.coral.availability#ThrottlingException" },
      { status: 500, type: "com.amazonaws.dynamodb.v20120810#InternalServerError" },
      "reset" as const,
    ];
    aws.rule = (operation) =>
      /Item|CreateTable|DescribeTable/.test(operation) && random() < 0.25
        ? faults[Math.floor(random() * faults.length)]
        : undefined;
    workload.start();
    await bench.loadAndResume(task);
    const { changes } = workload;
    await poll("some changes", async () => workload.changes > changes + 200);
    // An outage: nothing gets through until the end.
    aws.rule = () => "reset";
    const { faults: before } = aws;
    await poll("requests that fail", async () => aws.faults > before + 20);
    aws.rule = () => undefined;
    await workload.stop();
    await assertStockConverges(bench);
  });

  it("stops while DynamoDB is away, and applies the rest when it is resumed", async () => {
    await bench.loadAndResume(task);
    aws.rule = (operation) => (/Item/.test(operation) ? "reset" : undefined);
    await bench.query("UPDATE stock SET v = 'in the outage'");
    const { faults } = aws;
    await poll("requests that fail", async () => aws.faults > faults);
    await bench.stopTask(task);
    aws.rule = () => undefined;
    await bench.startTask(task, "resume-processing");
    await assertStockConverges(bench);
  });
});
