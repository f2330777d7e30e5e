import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RowstreamEvent } from "../../automation/events";
import { openStack, type PipelineProgram, type WorkspaceOptions } from "../../automation/workspace";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { tools } from "../helpers/tools";

const SECRET = "s3cret-of-the-source";
const NO_PROCESS = 2 ** 22 + 1;

describe("a stack, driven by the real engine", () => {
  const before = { cwd: process.cwd(), env: { ...process.env } };
  let folder: string;
  let project: string;
  let state: string;
  let events: RowstreamEvent[];

  beforeEach(() => {
    folder = temporaryFolder();
    project = join(folder, "project");
    state = join(folder, "state");
    mkdirSync(project);
    mkdirSync(state);
    writeFileSync(join(project, "Pulumi.yaml"), "name: rowstream\nruntime: nodejs\n");
    Object.assign(process.env, {
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_HOME: join(folder, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_OPTION_CONFIG_FILE: join(state, "config.yaml"),
    });
    process.chdir(project);
    events = [];
  });

  afterEach(() => {
    process.chdir(before.cwd);
    process.env = { ...before.env };
    rmSync(folder, { recursive: true, force: true });
  });

  function options(program: PipelineProgram, more: Partial<WorkspaceOptions> = {}): WorkspaceOptions {
    return {
      stackName: "test",
      workDir: project,
      pulumi: tools().pulumi,
      missing: "create",
      program,
      onEvent: (event) => events.push(event),
      ...more,
    };
  }

  const outputs: PipelineProgram = async (tables) => ({ streamName: "stream", tables });

  it("previews, updates, and does nothing the second time", async () => {
    const stack = await openStack(
      options(async (tables) => {
        new pulumi.ComponentResource("rowstream:pipeline:Pipeline", "pipeline");
        return outputs(tables);
      }),
    );
    assert.equal((await stack.snapshot()).outputs, undefined);
    assert.deepEqual((await stack.preview([])).changes, { create: 2 });
    assert.deepEqual((await stack.update(1, [])).changes, { create: 2 });
    assert.deepEqual((await stack.update(1, [])).changes, { same: 2 });
    assert.equal((await stack.snapshot()).outputs?.streamName, "stream");
    assert.deepEqual((await stack.destroy()).changes, { delete: 2 });
  });

  it("hands structured and secret configuration to the program, and leaves no file in the project", async () => {
    let seen: unknown;
    const stack = await openStack(
      options(
        async (tables) => {
          const config = new pulumi.Config("rowstream");
          seen = [config.requireObject("source"), config.require("sourcePassword")];
          return outputs(tables);
        },
        {
          config: {
            "rowstream:source": { value: '{"name":"shop","port":5432}' },
            "rowstream:sourcePassword": { value: SECRET, secret: true },
          },
        },
      ),
    );
    await stack.update(1, []);
    assert.deepEqual(seen, [{ name: "shop", port: 5432 }, SECRET]);
    assert.equal(existsSync(join(project, "Pulumi.test.yaml")), false);
    assert.doesNotMatch(readFileSync(join(state, "config.yaml"), "utf8"), new RegExp(SECRET));
    assert.doesNotMatch(JSON.stringify(events), new RegExp(SECRET));
  });

  it("reports what the program refuses as one message, without a stack", async () => {
    const stack = await openStack(
      options(async () => {
        throw new pulumi.RunError('source.engine: "postgre" is not known; use postgres');
      }),
    );
    await assert.rejects(stack.preview([]), {
      code: "UpdateFailed",
      source: "user",
      message: 'the preview of stack "test" failed: source.engine: "postgre" is not known; use postgres',
    });
  });

  it("reports a fault in a component under its name", async () => {
    const stack = await openStack(
      options(async (tables) => {
        const network = new pulumi.ComponentResource("rowstream:pipeline:Network", "network");
        pulumi.output(1).apply(() => {
          throw new pulumi.ResourceError("two subnets are needed", network, true);
        });
        return outputs(tables);
      }),
    );
    await assert.rejects(stack.update(1, []), {
      message: 'the update of stack "test" failed: network: two subnets are needed',
    });
  });

  it("says who holds the lock while another update runs", async () => {
    let release = () => {};
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = await openStack(
      options(async (tables) => {
        begun();
        await held;
        return outputs(tables);
      }),
    );
    const second = await openStack(options(outputs));
    const update = first.update(1, []);
    await running;
    try {
      await assert.rejects(second.update(1, []), (error: Error & { code: string; remedy: string }) => {
        assert.equal(error.code, "StackLocked");
        assert.match(
          error.message,
          /^stack "test" is locked by \S+@\S+ \(pid \d+\) since \S+: another update is running$/,
        );
        assert.match(error.remedy, /pulumi cancel/);
        return true;
      });
    } finally {
      release();
      await update;
    }
  });

  it("removes the lock of a process of this machine that was killed", async () => {
    const stack = await openStack(options(outputs));
    const locks = join(state, ".pulumi", "locks", "organization", "rowstream", "test");
    mkdirSync(locks, { recursive: true });
    const lock = {
      pid: NO_PROCESS,
      username: "ann",
      hostname: hostname(),
      timestamp: new Date().toISOString(),
    };
    writeFileSync(join(locks, "11111111-1111-1111-1111-111111111111.json"), JSON.stringify(lock));
    await stack.update(1, []);
    assert.ok(events.some((event) => event.code === "StaleLockRemoved"));
  });

  it("stops in order when it is interrupted, and can go on afterwards", async () => {
    const controller = new AbortController();
    let interrupted = false;
    const program: PipelineProgram = async (tables) => {
      if (!interrupted) {
        interrupted = true;
        controller.abort();
        await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      }
      return outputs(tables);
    };
    const stack = await openStack(options(program, { signal: controller.signal }));
    await assert.rejects(stack.update(1, []), { code: "Interrupted" });
    const again = await openStack(options(program));
    assert.equal((await again.update(1, [])).outputs.streamName, "stream");
  });

  it("refuses to run outside the project's root", async () => {
    process.chdir(state);
    await assert.rejects(openStack(options(outputs)), { code: "WrongWorkingDirectory", source: "user" });
  });

  it("does not make a stack unless it is asked to", async () => {
    await assert.rejects(openStack(options(outputs, { missing: "fail" })), {
      code: "StackNotFound",
      message: 'there is no stack "test"',
    });
  });
});
