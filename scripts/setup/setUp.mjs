import path from "node:path";
import { buildProject } from "../build/buildProject.mjs";
import { Failure } from "../lib/failure.mjs";
import { readJson, writeAtomically } from "../lib/files.mjs";
import { cacheDir, display, toolsFile } from "../lib/layout.mjs";
import { withLock } from "../lib/lock.mjs";
import { Progress } from "../lib/progress.mjs";
import { checkNode } from "./checkNode.mjs";
import { installChromium } from "./installChromium.mjs";
import { installDebezium } from "./installDebezium.mjs";
import { installFlink } from "./installFlink.mjs";
import { installMariadb } from "./installMariadb.mjs";
import { installMinistack } from "./installMinistack.mjs";
import { installPackages } from "./installPackages.mjs";
import { installPostgres } from "./installPostgres.mjs";
import { installPulumi } from "./installPulumi.mjs";

const lockFile = path.join(cacheDir, "setup.lock");

/**
 * Makes the checkout ready to run, step by step, each skipping what is there. Everything lands in the checkout:
 * node_modules, dist and .rowstream. Run twice at the same time, the second waits for the first.
 * What only tests need, MariaDB, Chromium and Flink, and what only a bench needs, Debezium Server, is fetched where it is
 * asked for; else it is used where it is there.
 */
export async function setUp({ mariadb = false, chromium = false, flink = false, debezium = false } = {}) {
  await step("Node", checkNode);
  await withLock(lockFile, tellOfWait, async () => {
    await step("npm packages", installPackages);
    writeTools(await installTools({ mariadb, chromium, flink, debezium }));
    await step("build", buildProject);
  });
}

/**
 * The programs that are not npm packages. A tool that cannot be had does not keep the next from being looked for,
 * so that all that is missing is told at once; only the CLI, which may take minutes to build, waits for the rest.
 */
async function installTools(fetch) {
  const failures = [];
  const attempt = (name, work) =>
    step(name, work).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      failures.push(error.message);
    });
  const postgresBin = await attempt("PostgreSQL", installPostgres);
  const ministack = await attempt("MiniStack", installMinistack);
  const mariadb = await attempt("MariaDB", (progress) => installMariadb(progress, fetch.mariadb));
  const chromium = await attempt("Chromium", (progress) => installChromium(progress, fetch.chromium));
  const flink = await attempt("Flink", (progress) => installFlink(progress, fetch.flink && ministack));
  const debezium = await attempt("Debezium", (progress) => installDebezium(progress, fetch.debezium));
  const pulumi = failures.length === 0 ? await attempt("Pulumi CLI", installPulumi) : undefined;
  if (failures.length > 0) throw new Failure(failures.join("\nerror: "));
  return { ...pulumi, postgresBin, ministack, mariadb, chromium, flink, debezium };
}

async function step(name, work) {
  const progress = new Progress(name);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}

function writeTools(tools) {
  if (JSON.stringify(readJson(toolsFile)) === JSON.stringify(tools)) return;
  writeAtomically(toolsFile, `${JSON.stringify(tools, null, 2)}\n`);
}

function tellOfWait(pid) {
  process.stderr.write(
    `set-up: waiting for the set-up that process ${pid} runs in this checkout ` +
      `(if there is none, remove ${display(lockFile)})\n`,
  );
}
