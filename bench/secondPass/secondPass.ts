import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { awsEnvironment } from "../../sandbox/environment";
import { StandIn } from "../../sandbox/standIn";
import { ProviderBench } from "../../test/helpers/providerBench";
import { temporaryFolder } from "../../test/helpers/temporaryFolder";
import { ROOT } from "../../test/helpers/tools";
import type { Bench, Size } from "../bench";
import { atMost, machine, type Report } from "../report";
import type { SideFigures } from "./sideMain";

const MOST_BESIDE_ENGINE = 1.3;
const MOST_BESIDE_NO_CHANGE = 1.2;
/** Above 1 time grows faster than the number of tables. */
const MOST_GROWTH = 1.1;

const STATE_ONCE = ", state written once";

/** One size of the bench. */
interface Case {
  tables: number;
  /**
   * Whether the state is written at every step, as a self-managed backend has it: all of it, several times a table, so
   * that the time grows with the square of their number. Else it is written once, at the end.
   */
  everyStep: boolean;
  /** How often the runs that follow the first are measured. */
  rounds: number;
}

const CASES: Record<Size, readonly Case[]> = {
  full: [
    { tables: 10, everyStep: true, rounds: 3 },
    { tables: 100, everyStep: true, rounds: 3 },
    { tables: 100, everyStep: false, rounds: 3 },
    // A thousand tables take their time, beside which what differs from run to run is little.
    { tables: 1_000, everyStep: false, rounds: 1 },
  ],
  small: [{ tables: 3, everyStep: true, rounds: 1 }],
};

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
  const seconds = new Map<string, number>();
  const key = (kind: string, run: RunKind, { tables, everyStep }: Case) =>
    `${kind} ${run} ${tables} ${everyStep}`;
  for (const one of CASES[size]) {
    const name = `${one.tables} tables${one.everyStep ? "" : STATE_ONCE}`;
    for (const kind of ["driver", "engine"] as const) {
      onProgress(`${name}: the ${kind}`);
      const figures = await measureSide(kind, one);
      for (const run of Object.keys(RUNS) as RunKind[]) {
        seconds.set(key(kind, run, one), figures[run].seconds);
        report.rows.push({
          tables: name,
          run: RUNS[run],
          by: kind,
          seconds: figures[run].seconds,
          "peak MiB": Math.round(figures.memoryMib),
          "calls of the driver": callsText(figures[run].calls),
        });
      }
    }
    for (const run of Object.keys(RUNS) as RunKind[]) {
      ratio(`${name}, ${RUNS[run]}: beside the engine`, [
        seconds.get(key("driver", run, one)),
        seconds.get(key("engine", run, one)),
      ]);
    }
    ratio(
      `${name}: one more beside no change`,
      [seconds.get(key("driver", "one", one)), seconds.get(key("driver", "none", one))],
      MOST_BESIDE_NO_CHANGE,
    );
  }
  const [fewer, most] = CASES[size].filter(({ everyStep }) => !everyStep);
  if (fewer !== undefined && most !== undefined) {
    const perTable = (one: Case) => (seconds.get(key("driver", "all", one)) ?? Number.NaN) / one.tables;
    ratio(
      `seconds a table${STATE_ONCE}: ${most.tables} tables beside ${fewer.tables}`,
      [perTable(most), perTable(fewer)],
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

async function measureSide(kind: string, { tables, everyStep, rounds }: Case): Promise<SideFigures> {
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
      [join(__dirname, "sideMain.js"), kind, String(tables), String(rounds)],
      {
        cwd: folder,
        env: {
          ...process.env,
          ...provider.environment,
          ...(everyStep ? {} : { PULUMI_SKIP_CHECKPOINTS: "true" }),
        },
      },
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
