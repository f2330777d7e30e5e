import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { awsEnvironment } from "../../sandbox/environment";
import { StandIn } from "../../sandbox/standIn";
import { ProviderBench } from "../../test/helpers/providerBench";
import { temporaryFolder } from "../../test/helpers/temporaryFolder";
import { ROOT } from "../../test/helpers/tools";
import type { Bench } from "../bench";
import { atMost, machine, type Report } from "../report";
import type { SideFigures } from "./sideMain";

const MOST_BESIDE_ENGINE = 1.3;
const MOST_BESIDE_NO_CHANGE = 1.2;
/** Above 1 time grows faster than the number of tables. */
const MOST_GROWTH = 1.1;

/** What a run does, as the report names it. */
const RUNS = { all: "all of them", none: "no change", one: "one more" } as const;
type RunKind = keyof typeof RUNS;

/**
 * The driver's second pass, a run with nothing to do, and one that takes in one table more, by the number of tables;
 * beside the engine alone with the same resources in a program of its own. Each side has its own process and its own
 * MiniStack; DMS answers at once.
 */
export const secondPass: Bench = async (size, onProgress) => {
  const report: Report = { name: "secondpass", machine: machine(), rows: [], ratios: {}, targets: {} };
  const counts = size === "full" ? [10, 100, 1_000] : [3];
  const seconds = new Map<string, number>();
  for (const count of counts) {
    for (const kind of ["driver", "engine"] as const) {
      onProgress(`${count} tables, the ${kind}`);
      // A thousand tables take their time, beside which what differs from run to run is little.
      const rounds = size === "full" && count < 1_000 ? 3 : 1;
      const figures = await measureSide(kind, count, rounds);
      for (const run of Object.keys(RUNS) as RunKind[]) {
        seconds.set(key(kind, run, count), figures[run].seconds);
        report.rows.push({
          tables: count,
          run: RUNS[run],
          by: kind,
          seconds: figures[run].seconds,
          "peak MiB": Math.round(figures.memoryMib),
          "calls of the driver": callsText(figures[run].calls),
        });
      }
    }
    for (const run of Object.keys(RUNS) as RunKind[]) {
      ratio(`${count} tables, ${RUNS[run]}: beside the engine`, [
        seconds.get(key("driver", run, count)),
        seconds.get(key("engine", run, count)),
      ]);
    }
  }
  const most = counts.at(-1) ?? 0;
  ratio(
    `${most} tables: one more beside no change`,
    [seconds.get(key("driver", "one", most)), seconds.get(key("driver", "none", most))],
    MOST_BESIDE_NO_CHANGE,
  );
  if (counts.length > 1) {
    const before = counts.at(-2) ?? 0;
    const perTable = (count: number) => (seconds.get(key("driver", "all", count)) ?? Number.NaN) / count;
    ratio(
      `seconds a table: ${most} tables beside ${before}`,
      [perTable(most), perTable(before)],
      MOST_GROWTH,
    );
  }
  return report;

  function ratio(
    name: string,
    [one = Number.NaN, other = Number.NaN]: (number | undefined)[],
    target = MOST_BESIDE_ENGINE,
  ) {
    report.ratios[name] = one / other;
    report.targets[name] = atMost(one / other, target);
  }
};

function key(kind: string, run: RunKind, count: number): string {
  return `${kind} ${run} ${count}`;
}

async function measureSide(kind: string, count: number, rounds: number): Promise<SideFigures> {
  const folder = temporaryFolder();
  let dms: StandIn | undefined;
  const provider = await ProviderBench.start(async (ministack) => {
    dms = await startDms(ministack, join(folder, "dms"));
    return { AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE: `http://127.0.0.1:${dms.port()}` };
  });
  try {
    // A project of its own, which asks for no configuration.
    writeFileSync(join(folder, "Pulumi.yaml"), "name: rowstream\nruntime: nodejs\n");
    for (const name of ["dist", "node_modules", "package.json"]) {
      symlinkSync(join(ROOT, name), join(folder, name));
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(__dirname, "sideMain.js"), kind, String(count), String(rounds)],
      { cwd: folder, env: { ...process.env, ...provider.environment } },
    );
    return JSON.parse(stdout) as SideFigures;
  } finally {
    await provider.stop();
    await dms?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** DMS as far as the provider needs it: its task is made and never run. */
function startDms(ministack: string, stateDir: string): Promise<StandIn> {
  mkdirSync(stateDir);
  return StandIn.start({
    name: "the DMS stand-in",
    part: "dms",
    stateDir,
    logFile: join(stateDir, "dms.log"),
    env: awsEnvironment(ministack),
    onRestart: () => undefined,
    onFailure: () => undefined,
  });
}

function callsText(calls: Readonly<Record<string, number>>): string {
  return Object.entries(calls)
    .map(([operation, count]) => `${count} ${operation}`)
    .join(", ");
}
