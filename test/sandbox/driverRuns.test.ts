import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { newTablePattern, startedTaskPattern } from "../../components/driverRuns/patterns";
import { type MiniStack, startMiniStack } from "../../sandbox/ministack";
import { TARGET_ROLE, TASK, tableMade, taskEvent } from "../helpers/driverEvents";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { tools } from "../helpers/tools";

describe("what starts a run of the driver, by EventBridge's rules as MiniStack has them", function () {
  this.timeout(60_000);
  let stateDir: string;
  let ministack: MiniStack;

  before(async () => {
    stateDir = temporaryFolder();
    ministack = await startMiniStack({ executable: tools().ministack, stateDir, keep: false });
  });

  after(async () => {
    await ministack?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  /** EventBridge's TestEventPattern. */
  async function matches(pattern: string, event: object): Promise<boolean> {
    const response = await fetch(ministack.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.TestEventPattern" },
      body: JSON.stringify({ EventPattern: pattern, Event: JSON.stringify(event) }),
    });
    const body = (await response.json()) as { Result?: boolean };
    assert.equal(response.status, 200, JSON.stringify(body));
    return body.Result === true;
  }

  it("is a table that DMS has made in the pipeline's role", async () => {
    const pattern = newTablePattern(TARGET_ROLE);
    assert.equal(await matches(pattern, tableMade()), true);
    const others = {
      "somebody else's table": tableMade({ role: "arn:aws:iam::123456789012:role/shop-target" }),
      "DMS's control table": tableMade({ tableName: "awsdms_apply_exceptions" }),
      "a table that was there": tableMade({ error: "ResourceInUseException" }),
      "a table that is changed": tableMade({ eventName: "UpdateTable" }),
    };
    for (const [what, event] of Object.entries(others)) {
      assert.equal(await matches(pattern, event), false, what);
    }
  });

  it("is a task that has started, and neither one that stopped nor another", async () => {
    const pattern = startedTaskPattern(TASK);
    assert.equal(await matches(pattern, taskEvent("REPLICATION_TASK_STARTED")), true);
    assert.equal(await matches(pattern, taskEvent("REPLICATION_TASK_STOPPED")), false);
    assert.equal(await matches(pattern, taskEvent("REPLICATION_TASK_FAILED")), false);
    assert.equal(await matches(pattern, taskEvent("REPLICATION_TASK_STARTED", `${TASK}X`)), false);
  });
});
