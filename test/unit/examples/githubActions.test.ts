import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout } from "../../helpers/loadScript";
import { understood } from "../../helpers/understoodCommand";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  on: { pull_request: null; push: { branches: string[] }; schedule: { cron: string }[] };
  permissions: Record<string, string>;
  concurrency: { group: string; "cancel-in-progress": boolean };
  jobs: Record<string, { if: string; environment?: string; steps: Step[] }>;
}

const TEXT = readFileSync(join(checkout, "examples", "github-actions", "rowstream.yml"), "utf8");
const WORKFLOW = parse(TEXT) as Workflow;

const stepsOf = (job: string) => WORKFLOW.jobs[job]?.steps ?? [];

/** The words of each `npx rowstream` of a job. */
function commandsOf(job: string): string[][] {
  return stepsOf(job).flatMap(({ run = "" }) => {
    const words = run.trim().split(/\s+/);
    return words[0] === "npx" && words[1] === "rowstream" ? [words.slice(2)] : [];
  });
}

describe("examples/github-actions/rowstream.yml", () => {
  it("previews pull requests and deploys main, by commands and options that there are", async () => {
    assert.deepEqual(await Promise.all(commandsOf("preview").map(understood)), [
      { name: "preview", options: { stack: "prod" } },
    ]);
    assert.deepEqual(await Promise.all(commandsOf("up").map(understood)), [
      { name: "up", options: { stack: "prod", yes: true } },
    ]);
    assert.match(WORKFLOW.jobs.preview?.if ?? "", /event_name == 'pull_request'/);
    assert.equal(WORKFLOW.jobs.up?.if, "github.event_name != 'pull_request'");
    assert.deepEqual(WORKFLOW.on.push.branches, ["main"]);
  });

  it("runs by the hour for new tables, one run after the other, none cut off", () => {
    assert.equal(WORKFLOW.on.schedule.length, 1);
    assert.equal(WORKFLOW.concurrency["cancel-in-progress"], false);
    assert.match(WORKFLOW.concurrency.group, /'prod'/);
  });

  it("gets to AWS by GitHub's token, in a role for each job, and keeps no key", () => {
    assert.deepEqual(WORKFLOW.permissions, { contents: "read", "id-token": "write" });
    const roles = Object.keys(WORKFLOW.jobs).map((job) => {
      const steps = stepsOf(job).filter(({ uses }) => uses?.startsWith("aws-actions/"));
      assert.equal(steps.length, 1);
      return steps[0]?.with?.["role-to-assume"];
    });
    assert.equal(new Set(roles).size, 2);
    assert.doesNotMatch(TEXT, /aws-access-key-id|aws-secret-access-key/i);
  });

  it("uses npm's scripts of this project, and each action at a version", () => {
    const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    for (const { run = "", uses } of Object.keys(WORKFLOW.jobs).flatMap(stepsOf)) {
      const [, script] = /^npm run (\S+)/.exec(run) ?? [];
      assert.ok(script === undefined || script in scripts, `npm run ${script}`);
      assert.ok(uses === undefined || /@v\d+$/.test(uses), uses);
    }
  });
});
