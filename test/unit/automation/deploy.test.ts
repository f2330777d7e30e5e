import assert from "node:assert/strict";
import { type DeployResult, runPasses } from "../../../automation/deploy";
import { RowstreamError } from "../../../automation/errors";
import type { PipelineOutputs } from "../../../program";
import { FakePipeline, Killed } from "./fakePipeline";

const COMPLETE = [
  "update 1: no tables",
  "test source",
  "test target",
  "start",
  "adopt customers",
  "adopt orders",
  "update 2: customers orders",
  "resume",
];

/** The same where initial rows are published. */
const COMPLETE_WITH_ROWS = [
  ...COMPLETE.slice(0, -1),
  "publish customers 1",
  "publish customers 2",
  "publish orders 1",
  "publish orders 2",
  "resume",
];

async function deployed(initialRows: "none" | "events" = "none"): Promise<FakePipeline> {
  const pipeline = new FakePipeline();
  pipeline.initialRows = initialRows;
  await runPasses(pipeline.parts);
  pipeline.calls.length = 0;
  pipeline.events.length = 0;
  return pipeline;
}

function codes(pipeline: FakePipeline): string[] {
  return pipeline.events.map((event) => event.code);
}

describe("deploy", () => {
  it("goes through both passes with the full load between them", async () => {
    const pipeline = new FakePipeline();
    const result = await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, COMPLETE);
    assert.equal(result.changed, true);
    assert.deepEqual(
      result.discovery.skipped.map((table) => [table.table, table.reason]),
      [["audit", "no primary key"]],
    );
    assert.equal(pipeline.phase, "running");
  });

  it("writes the first heartbeat before the full load, which then finds its table", async () => {
    const pipeline = new FakePipeline();
    pipeline.heartbeat = "written";
    const { discovery } = await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, [
      "update 1: no tables",
      "write heartbeat",
      "test source",
      "test target",
      "start",
      "adopt customers",
      "adopt heartbeat",
      "adopt orders",
      "update 2: customers heartbeat orders",
      "resume",
    ]);
    assert.ok(discovery.tables.some(({ table }) => table === "heartbeat"));
    assert.ok(codes(pipeline).includes("HeartbeatWritten"));
    pipeline.calls.length = 0;
    assert.equal((await runPasses(pipeline.parts)).changed, false, "a second run writes none");
    assert.deepEqual(pipeline.calls, ["update 1: customers heartbeat orders"]);
  });

  it("does not start the replication where the first heartbeat is refused", async () => {
    const pipeline = new FakePipeline();
    pipeline.heartbeat = new Error("permission denied for schema public");
    await assert.rejects(runPasses(pipeline.parts), /permission denied/);
    assert.deepEqual(pipeline.calls, ["update 1: no tables", "write heartbeat"]);
    assert.equal(pipeline.phase, "new");
    pipeline.heartbeat = "written";
    await runPasses(pipeline.parts);
    assert.equal(pipeline.phase, "running", "the next run goes on");
  });

  it("looks first for what an earlier update was creating when it was cut off", async () => {
    const pipeline = new FakePipeline();
    pipeline.pending = [{ urn: "urn:alias", type: "aws:kms/alias:Alias", name: "alias/rowstream" }];
    await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, ["settle pending creates", ...COMPLETE]);
  });

  it("examines the source before the first update, and makes nothing where that fails", async () => {
    const pipeline = new FakePipeline();
    const refuse = async () => {
      throw new Error("not ready");
    };
    await assert.rejects(runPasses({ ...pipeline.parts, examine: refuse }), /not ready/);
    assert.deepEqual(pipeline.calls, []);
  });

  it("does not examine the source of a pipeline that is there", async () => {
    const pipeline = await deployed();
    await runPasses({ ...pipeline.parts, examine: () => assert.fail("examined") });
  });

  it("changes nothing on a second run, and says so", async () => {
    const pipeline = await deployed();
    const result: DeployResult = await runPasses(pipeline.parts);
    assert.equal(result.changed, false);
    assert.deepEqual(pipeline.calls, ["update 1: customers orders"]);
    assert.ok(codes(pipeline).includes("NothingChanged"));
    assert.equal(pipeline.phase, "running");
  });

  it("reads no key schema of tables that are known", async () => {
    const pipeline = await deployed();
    pipeline.describes = 0;
    await runPasses(pipeline.parts);
    assert.equal(pipeline.describes, 0);
  });

  it("stops the replication before it takes in a table that came while changes flowed", async () => {
    const pipeline = await deployed();
    pipeline.addTable("payments");
    await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, [
      "stop",
      "adopt payments",
      "update 1: customers orders payments",
      "resume",
    ]);
  });

  it("takes in a table that came while the first update ran, by a second", async () => {
    const pipeline = await deployed();
    const { parts } = pipeline;
    const update: typeof parts.stack.update = async (pass, tables) => {
      const result = await parts.stack.update(pass, tables);
      if (pass === 1) pipeline.addTable("payments");
      return result;
    };
    await runPasses({ ...parts, stack: { ...parts.stack, update } });
    assert.deepEqual(pipeline.calls, [
      "update 1: customers orders",
      "stop",
      "adopt payments",
      "update 2: customers orders payments",
      "resume",
    ]);
  });

  it("makes the update that may mend what discovery refuses, and refuses it after that", async () => {
    const pipeline = await deployed();
    pipeline.source.push({ name: "Payments" });
    pipeline.dynamo.add("payments");
    const { parts } = pipeline;
    const refusing = () => {
      const control = parts.control({} as PipelineOutputs);
      return {
        ...control,
        tableStatistics: async () =>
          (await control.tableStatistics()).map((one) => ({ ...one, state: "Table completed" })),
      };
    };
    await assert.rejects(runPasses({ ...parts, control: refusing }), { code: "TableNotMatched" });
    assert.deepEqual(pipeline.calls, ["update 1: customers orders"]);
  });

  it("looks at everything where it cannot tell whether an update touches the replication", async () => {
    const pipeline = await deployed();
    const { parts } = pipeline;
    const stepsBesideTables = async () => {
      throw new RowstreamError("UpdateFailed", "user", "a table is protected");
    };
    await runPasses({ ...parts, stack: { ...parts.stack, stepsBesideTables } });
    assert.deepEqual(pipeline.calls, ["preview", "update 1: customers orders"]);
  });

  it("lets go of a table whose DynamoDB table is gone, before the program would adopt it", async () => {
    const pipeline = await deployed();
    pipeline.dynamo.delete("orders");
    pipeline.source = pipeline.source.filter((table) => table.name !== "orders");
    const result = await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, ["update 1: customers"]);
    assert.deepEqual(
      result.discovery.gone.map((table) => table.table),
      ["orders"],
    );
    assert.equal(result.changed, true);
  });

  it("stops the replication for an update that touches it, and resumes it after", async () => {
    const pipeline = await deployed();
    pipeline.planned = [{ type: "aws:dms/endpoint:Endpoint", name: "source" }];
    await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, ["preview", "stop", "update 1: customers orders", "resume"]);
  });

  it("leaves the replication running for an update that does not touch it", async () => {
    const pipeline = await deployed();
    pipeline.planned = [{ type: "aws:lambda/function:Function", name: "fan-in" }];
    await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, ["update 1: customers orders"]);
  });

  it("starts no load when DMS cannot connect, and gives DMS's reason", async () => {
    const pipeline = new FakePipeline();
    pipeline.connection = "password authentication failed";
    await assert.rejects(runPasses(pipeline.parts), {
      code: "ConnectionTestFailed",
      source: "user",
      message: "DMS cannot connect to the source: password authentication failed",
    });
    assert.deepEqual(pipeline.calls, ["update 1: no tables", "test source"]);
  });

  it("reports a load that fails with the replication's reasons", async () => {
    const pipeline = new FakePipeline();
    pipeline.failure = "No replication slots left";
    await assert.rejects(runPasses(pipeline.parts), {
      code: "ReplicationFailed",
      message: "the replication is failed: No replication slots left",
    });
  });

  it("leaves a failed replication as it is, until it is told to restart it", async () => {
    const pipeline = await deployed();
    pipeline.phase = "failed";
    pipeline.failure = "connection lost";
    await assert.rejects(runPasses(pipeline.parts), { code: "ReplicationFailed" });
    assert.deepEqual(pipeline.calls, ["update 1: customers orders"]);
    pipeline.failure = "";
    await runPasses({ ...pipeline.parts, restart: true });
    assert.equal(pipeline.phase, "running");
  });

  it("goes on with a load that somebody stopped half way", async () => {
    const pipeline = new FakePipeline();
    pipeline.killAt(5, "before");
    await assert.rejects(runPasses(pipeline.parts), Killed);
    pipeline.spare();
    pipeline.phase = "interrupted";
    await runPasses(pipeline.parts);
    assert.equal(pipeline.phase, "running");
    assert.deepEqual([...pipeline.streaming], ["customers", "orders"]);
  });

  it("does nothing more once it is interrupted", async () => {
    const pipeline = new FakePipeline();
    const controller = new AbortController();
    const parts = pipeline.parts;
    const onEvent: typeof parts.onEvent = (event) => {
      if (event.code === "FullLoadStarted") {
        controller.abort();
      }
    };
    await assert.rejects(runPasses({ ...parts, onEvent, signal: controller.signal }), {
      code: "Interrupted",
    });
    assert.deepEqual(pipeline.calls, COMPLETE.slice(0, 4));
  });

  for (const when of ["before", "after"] as const) {
    for (const [index, call] of COMPLETE.entries()) {
      it(`is completed by running it again after it was killed ${when} "${call}"`, async () => {
        const pipeline = new FakePipeline();
        pipeline.killAt(index + 1, when);
        await assert.rejects(runPasses(pipeline.parts), Killed);
        pipeline.spare();
        const { outputs } = await runPasses(pipeline.parts);
        assert.equal(pipeline.phase, "running");
        assert.deepEqual(outputs.tableNames, ["customers", "orders"]);
        assert.equal((await runPasses(pipeline.parts)).changed, false);
      });
    }
  }

  for (const when of ["before", "after"] as const) {
    for (const call of [1, 2, 3, 4]) {
      it(`is completed after it was killed ${when} step ${call} of taking in a new table`, async () => {
        const pipeline = await deployed();
        pipeline.addTable("payments");
        pipeline.killAt(call, when);
        await assert.rejects(runPasses(pipeline.parts), Killed);
        pipeline.spare();
        const { outputs } = await runPasses(pipeline.parts);
        assert.equal(pipeline.phase, "running");
        assert.deepEqual(outputs.tableNames, ["customers", "orders", "payments"]);
        assert.equal((await runPasses(pipeline.parts)).changed, false);
      });
    }
  }

  it("publishes the initial rows after pass 2 and before changes flow", async () => {
    const pipeline = new FakePipeline();
    pipeline.initialRows = "events";
    await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, COMPLETE_WITH_ROWS);
    const told = pipeline.events.flatMap((event) =>
      event.code.startsWith("InitialLoad") ? [[event.code, "rows" in event ? event.rows : undefined]] : [],
    );
    assert.deepEqual(told, [
      ["InitialLoadStarted", undefined],
      ["InitialLoadProgress", 10],
      ["InitialLoadProgress", 20],
      ["InitialLoadProgress", 10],
      ["InitialLoadProgress", 20],
      ["InitialLoadFinished", 40],
    ]);
  });

  it("publishes no row twice: a second run changes nothing", async () => {
    const pipeline = await deployed("events");
    assert.equal((await runPasses(pipeline.parts)).changed, false);
    assert.deepEqual(pipeline.calls, ["update 1: customers orders"]);
  });

  it("publishes the rows of a table that came later, and only those, before it resumes", async () => {
    const pipeline = await deployed("events");
    pipeline.addTable("payments");
    await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, [
      "stop",
      "adopt payments",
      "update 1: customers orders payments",
      "publish payments 1",
      "publish payments 2",
      "resume",
    ]);
  });

  it("stops the replication to publish the rows of tables that it has already, where they are wanted since", async () => {
    const pipeline = await deployed();
    pipeline.initialRows = "events";
    const result = await runPasses(pipeline.parts);
    assert.deepEqual(pipeline.calls, ["update 1: customers orders", "stop", ...COMPLETE_WITH_ROWS.slice(-5)]);
    assert.equal(result.changed, true);
  });

  it("publishes what an earlier run left before it restarts a replication that failed since", async () => {
    const pipeline = new FakePipeline();
    pipeline.initialRows = "events";
    pipeline.killAt(COMPLETE_WITH_ROWS.length - 1, "before");
    await assert.rejects(runPasses(pipeline.parts), Killed);
    pipeline.spare();
    pipeline.phase = "failed";
    pipeline.calls.length = 0;
    await runPasses({ ...pipeline.parts, restart: true });
    assert.deepEqual(pipeline.calls, [
      "update 1: customers orders",
      "publish orders 1",
      "publish orders 2",
      "resume",
    ]);
  });

  for (const when of ["before", "after"] as const) {
    for (const [index, call] of COMPLETE_WITH_ROWS.entries()) {
      it(`is completed, the initial rows first, after it was killed ${when} "${call}"`, async () => {
        const pipeline = new FakePipeline();
        pipeline.initialRows = "events";
        pipeline.killAt(index + 1, when);
        await assert.rejects(runPasses(pipeline.parts), Killed);
        pipeline.spare();
        // The fake refuses to resume while rows are not published.
        await runPasses(pipeline.parts);
        assert.equal(pipeline.phase, "running");
        assert.deepEqual([...pipeline.published], ["customers", "orders"]);
        assert.equal((await runPasses(pipeline.parts)).changed, false);
      });
    }
    for (const call of [1, 2, 3, 4, 5, 6]) {
      it(`publishes a new table's rows first after it was killed ${when} step ${call} of taking it in`, async () => {
        const pipeline = await deployed("events");
        pipeline.addTable("payments");
        pipeline.killAt(call, when);
        await assert.rejects(runPasses(pipeline.parts), Killed);
        pipeline.spare();
        await runPasses(pipeline.parts);
        assert.equal(pipeline.phase, "running");
        assert.deepEqual([...pipeline.published], ["customers", "orders", "payments"]);
      });
    }
  }

  describe("of a table whose stream was turned off behind its back", () => {
    async function withoutStream(initialRows: "none" | "events" = "none"): Promise<FakePipeline> {
      const pipeline = await deployed(initialRows);
      pipeline.streaming.delete("orders");
      return pipeline;
    }

    it("turns it on again while the replication stands still, and says what is missing", async () => {
      const pipeline = await withoutStream();
      const result = await runPasses(pipeline.parts);
      assert.deepEqual(pipeline.calls, [
        "stop",
        "refresh orders",
        "adopt orders",
        "update 1: customers orders",
        "resume",
      ]);
      assert.equal(result.changed, true);
      const lost = pipeline.events.find((event) => event.code === "StreamsLost");
      assert.deepEqual(
        lost?.tables.map(({ table }) => table),
        ["orders"],
      );
    });

    it("publishes its rows anew where initial rows are wanted, and no other table's", async () => {
      const pipeline = await withoutStream("events");
      await runPasses(pipeline.parts);
      assert.deepEqual(pipeline.calls.slice(-4), [
        "update 1: customers orders",
        "publish orders 1",
        "publish orders 2",
        "resume",
      ]);
    });

    for (const when of ["before", "after"] as const) {
      for (const call of [1, 2, 3, 4, 5]) {
        it(`is completed after it was killed ${when} step ${call}`, async () => {
          const pipeline = await withoutStream();
          pipeline.killAt(call, when);
          await assert.rejects(runPasses(pipeline.parts), Killed);
          pipeline.spare();
          await runPasses(pipeline.parts);
          assert.equal(pipeline.phase, "running");
          assert.deepEqual([...pipeline.streaming].sort(), ["customers", "orders"]);
        });
      }
    }
  });
});
