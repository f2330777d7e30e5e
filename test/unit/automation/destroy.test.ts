import assert from "node:assert/strict";
import { runPasses } from "../../../automation/deploy";
import { runDestroy } from "../../../automation/destroy";
import type { RowstreamEvent } from "../../../automation/events";
import { FakePipeline } from "./fakePipeline";

function parts(pipeline: FakePipeline, events: RowstreamEvent[] = []) {
  const { stack, control, pace } = pipeline.parts;
  return {
    stack: {
      snapshot: stack.snapshot,
      settlePendingCreates: stack.settlePendingCreates,
      destroy: async () => {
        pipeline.calls.push("destroy");
        return { changes: { delete: 20 } };
      },
    },
    control,
    pace,
    onEvent: (event: RowstreamEvent) => events.push(event),
  };
}

describe("destroy", () => {
  it("stops a running replication first, and says which tables stay", async () => {
    const pipeline = new FakePipeline();
    await runPasses(pipeline.parts);
    pipeline.calls.length = 0;
    const events: RowstreamEvent[] = [];
    const result = await runDestroy(parts(pipeline, events));
    assert.deepEqual(pipeline.calls, ["stop", "destroy"]);
    assert.deepEqual(events[0], {
      code: "DestroyStarted",
      tables: ["customers", "orders"],
      tablesOnDestroy: "retain",
    });
    assert.deepEqual(result.tables, ["customers", "orders"]);
  });

  it("does not stop a replication that stands", async () => {
    const pipeline = new FakePipeline();
    await runPasses(pipeline.parts);
    pipeline.phase = "failed";
    pipeline.calls.length = 0;
    await runDestroy(parts(pipeline));
    assert.deepEqual(pipeline.calls, ["destroy"]);
  });

  it("goes on where the replication is gone already", async () => {
    const pipeline = new FakePipeline();
    await runPasses(pipeline.parts);
    pipeline.calls.length = 0;
    const { control, ...rest } = parts(pipeline);
    await runDestroy({
      ...rest,
      control: (outputs) => ({ ...control(outputs), state: async () => undefined }),
    });
    assert.deepEqual(pipeline.calls, ["destroy"]);
  });

  it("works on a stack that was never deployed", async () => {
    const pipeline = new FakePipeline();
    await runDestroy(parts(pipeline));
    assert.deepEqual(pipeline.calls, ["destroy"]);
  });
});
