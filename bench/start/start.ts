import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Bench } from "../bench";
import { median } from "../measure";
import { atMost, machine, type Report } from "../report";

const MOST_SECONDS_TO_EVENT = 10;
const MOST_SECONDS_TO_BUILD = 8 * 60;
const MOST_SECONDS_TO_SET_UP = 60;

/**
 * `npm start` until the first event is printed, with everything in place; set-up in a bare clone with an empty HOME, with
 * the CLI of this checkout at hand and with the CLI to be built; and all of `npm test` in the latter. At the small size the
 * first alone.
 */
export const start: Bench = async (size, onProgress) => {
  const report: Report = { name: "start", machine: machine(), rows: [], ratios: {}, targets: {} };
  const rounds = size === "full" ? 3 : 1;
  const add = (what: string, seconds: number, most?: number) => {
    report.rows.push({ what, seconds });
    if (most !== undefined) report.targets[what] = atMost(seconds, most, " s");
  };

  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    onProgress(`npm start, ${round} of ${rounds}`);
    times.push(await timed(resolve("."), ["start", "--", "--exit-after", "1"]));
  }
  add("npm start to the first event", median(times), MOST_SECONDS_TO_EVENT);

  if (size === "full") {
    onProgress("set-up of a bare clone, the CLI at hand");
    await inClone(async (clone, home) => {
      cpSync(resolve(".rowstream/tools/pulumi"), join(clone, ".rowstream/tools/pulumi"), { recursive: true });
      const seconds = await timed(clone, ["run", "setup"], { HOME: home });
      add("set-up of a bare clone, the CLI at hand", seconds, MOST_SECONDS_TO_SET_UP);
    });
    onProgress("set-up of a bare clone, the CLI to be built");
    await inClone(async (clone, home) => {
      const seconds = await timed(clone, ["run", "setup"], { HOME: home });
      add("set-up of a bare clone, the CLI to be built", seconds, MOST_SECONDS_TO_BUILD);
      onProgress("npm test");
      const begun = performance.now();
      const passed = (await run("npm", ["test"], clone, { HOME: home })) === 0;
      add(passed ? "npm test" : "npm test, which failed", (performance.now() - begun) / 1000);
    });
  }
  return report;
};

/** Does something in a bare clone of this checkout, beside which lies an empty folder for HOME. */
async function inClone(work: (clone: string, home: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "rowstream-bench-"));
  try {
    const [clone, home] = [join(folder, "clone"), join(folder, "home")];
    if ((await run("git", ["clone", "--quiet", resolve("."), clone], folder)) !== 0) {
      throw new Error("git could not clone this checkout, and has said why");
    }
    mkdirSync(home);
    await work(clone, home);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The seconds that a command of npm takes. */
async function timed(folder: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const begun = performance.now();
  const code = await run("npm", args, folder, env);
  if (code !== 0) {
    throw new Error(`npm ${args.join(" ")} ended with ${code}`);
  }
  return (performance.now() - begun) / 1000;
}

/** Runs a program and gives its exit code. Its output goes to standard error: a failed test is found there. */
async function run(program: string, args: string[], cwd: string, env: Record<string, string> = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", process.stderr, "inherit"],
  });
  const [code] = await once(child, "exit");
  return code as number | null;
}
