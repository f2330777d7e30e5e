import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deploy } from "../../automation/deploy";
import type { RowstreamEvent } from "../../automation/events";
import { preview } from "../../automation/preview";
import type { WorkspaceOptions } from "../../automation/workspace";
import { PACK } from "../helpers/policyBench";
import { SandboxBench } from "../helpers/sandboxBench";

describe("the whole pipeline, deployed under its policies at their strictest", function () {
  this.timeout(300_000);
  let bench: SandboxBench;
  let strictest: string;

  function workspace(events: RowstreamEvent[], settingsFile: string): WorkspaceOptions {
    const set = (value: unknown) => ({ value: JSON.stringify(value) });
    const more = {
      "rowstream:replication": set({ instance: { multiAz: true } }),
      "rowstream:tableCapacity": set({ mode: "on-demand", maxReadUnits: 1000, maxWriteUnits: 4000 }),
    };
    const policies = { folder: PACK, settingsFile };
    return { ...bench.configured((event) => events.push(event), more), policies };
  }

  before(async () => {
    bench = await SandboxBench.start();
    strictest = join(bench.folder, "strictest.json");
    // The sample's password is in the configuration: the sandbox has no secret of its own for it.
    const production = JSON.parse(readFileSync(join(PACK, "production.json"), "utf8"));
    writeFileSync(strictest, JSON.stringify({ ...production, "source-credentials": { tier: "dev" } }));
  });

  after(() => bench?.stop());

  it("passes both passes and the preview after them, with every policy checked", async () => {
    const events: RowstreamEvent[] = [];
    const { discovery } = await deploy(workspace(events, strictest));
    assert.ok(discovery.tables.length > 0);
    await preview(workspace(events, strictest));
    assert.deepEqual(
      events.filter(({ code }) => code === "PolicyViolated" || code === "PolicyNotChecked"),
      [],
    );
  });

  it("is stopped where the stack asks for more than the pipeline has", async () => {
    const stricter = join(bench.folder, "stricter.json");
    writeFileSync(
      stricter,
      JSON.stringify({ "stream-retention": { enforcementLevel: "mandatory", minHours: 8760 } }),
    );
    await assert.rejects(preview(workspace([], stricter)), {
      code: "PolicyViolated",
      source: "user",
      message: /stream-retention: .*the stream keeps events for 168 hours, below 8760; set retentionPeriod/s,
    });
  });
});
