import assert from "node:assert/strict";
import { DmsBench } from "../helpers/dmsBench";
import { FaultyAws } from "../helpers/faultyAws";
import { poll } from "../helpers/poll";
import { seededRandom } from "../helpers/seededRandom";

const ROWS = 200;

/** The workload's pace, in milliseconds for each change. */
const MS_A_CHANGE = 8;

/** Changes random rows of table `stock` while it runs: inserts, updates, NULLs, deletes, in transactions of any size. */
class Workload {
  changes = 0;
  private running = true;
  private done: Promise<void> | undefined;

  constructor(
    private readonly bench: DmsBench,
    private readonly random: () => number,
  ) {}

  start(): void {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const statements: string[] = [];
      for (let count = Math.ceil(this.random() * 8); count > 0; count--) {
        statements.push(this.statement());
      }
      try {
        await this.bench.query(statements.join(";"));
        this.changes += statements.length;
        // Slower than the target: what matters is that changes flow all the time, not how many wait.
        await new Promise((resolve) => setTimeout(resolve, statements.length * MS_A_CHANGE));
      } catch {
        // The server is being restarted.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await this.bench.reconnect().catch(() => undefined);
      }
    }
  }

  private statement(): string {
    const id = Math.floor(this.random() * ROWS);
    const value = Math.floor(this.random() * 1e6);
    const kind = this.random();
    if (kind < 0.3) {
      return `INSERT INTO stock VALUES (${id}, 'v${value}', ${value / 100}) ON CONFLICT (id) DO UPDATE SET v = 'up${value}'`;
    }
    if (kind < 0.55) {
      return `UPDATE stock SET v = 'v${value}' WHERE id = ${id}`;
    }
    if (kind < 0.7) {
      return `UPDATE stock SET v = NULL, n = n + 1 WHERE id = ${id}`;
    }
    return kind < 0.9
      ? `UPDATE stock SET n = ${value} WHERE id = ${id}`
      : `DELETE FROM stock WHERE id = ${id}`;
  }
}

/** The source's rows as the items that they must be. */
async function expectedItems(bench: DmsBench): Promise<Record<string, unknown>[]> {
  const rows = await bench.query(
    "SELECT stock.id::text, trim_scale(n)::text AS n, v FROM stock ORDER BY stock.id",
  );
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
}

async function assertConverges(bench: DmsBench): Promise<void> {
  const expected = await expectedItems(bench);
  let last: unknown;
  try {
    await poll(
      "the target to equal the source",
      async () => {
        last = await bench.items("stock");
        return JSON.stringify(last) === JSON.stringify(expected);
      },
      60_000,
    );
  } catch {
    assert.deepEqual(last, expected);
  }
}

describe("the DMS stand-in under faults", function () {
  this.timeout(180_000);
  let bench: DmsBench;
  let aws: FaultyAws;
  let task: string;
  let workload: Workload;
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

  beforeEach(async () => {
    bench = await DmsBench.startServers();
    aws = await FaultyAws.start(bench.miniStack.endpoint);
    // Under which the target comes to be the source's rows.
    const behaviour = JSON.stringify({ nullOnUpdate: "remove" });
    await bench.startDms({ AWS_ENDPOINT_URL: aws.endpoint, ROWSTREAM_DMS_BEHAVIOUR: behaviour });
    await bench.newDatabase();
    await bench.query("CREATE TABLE stock (id int PRIMARY KEY, v text, n numeric(12,2))");
    await bench.query(
      `INSERT INTO stock SELECT i, 'begin ' || i, i FROM generate_series(0, ${ROWS - 1}) AS i`,
    );
    task = await bench.createTask("faults");
    workload = new Workload(bench, seededRandom(seed));
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
    await assertConverges(bench);
  });

  it(`reads the log again after the source was restarted and crashed (seed ${seed})`, async () => {
    await bench.loadAndResume(task);
    workload.start();
    for (const mode of ["fast", "immediate"] as const) {
      const { changes } = workload;
      await poll("some changes", async () => workload.changes > changes + 200);
      await bench.postgres.stop(mode);
      await bench.postgres.start();
    }
    const { changes } = workload;
    await poll("changes after it", async () => workload.changes > changes + 100);
    await workload.stop();
    await assertConverges(bench);
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
    await assertConverges(bench);
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
    await assertConverges(bench);
  });
});
