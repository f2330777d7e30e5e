/**
 * One side in a process of its own, so that what the other left in memory is not in its figures. Given the side, the
 * number of tables and the number of rounds, it tells what it measured as one line of JSON on standard output.
 */
import { replicatedTable } from "../../test/helpers/pipelineArgs";
import { makeTables } from "../dmsTables";
import { median } from "../measure";
import { bareSide, driverSide, type Run } from "./sides";

/** What one side took for one number of tables. */
export interface SideFigures {
  /** The pass that takes all the tables in. */
  all: Run;
  /** A run that finds nothing to do; the median of the rounds. */
  none: Run;
  /** A run that takes in one table more; the median of the rounds. */
  one: Run;
  /** The most memory that the process held, in MiB. */
  memoryMib: number;
}

async function measure(kind: string, count: number, rounds: number): Promise<SideFigures> {
  const tables: string[] = [];
  const add = async (more: number) => {
    const names = Array.from({ length: more }, (_, index) => `table_${tables.length + index}`);
    await makeTables(
      process.env.AWS_ENDPOINT_URL ?? "",
      names.map((name) => replicatedTable(name)),
    );
    tables.push(...names);
  };
  const make = kind === "driver" ? driverSide : bareSide;
  const side = await make();
  await add(count);
  const all = await side(tables);
  const [none, one]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    none.push(await side(tables));
    await add(1);
    one.push(await side(tables));
  }
  // Kilobytes (getrusage of Linux; Node makes them so elsewhere).
  const memoryMib = process.resourceUsage().maxRSS / 1024;
  return { all, none: typical(none), one: typical(one), memoryMib };
}

/** The runs' median time, and the calls of the last, which all have. */
function typical(runs: readonly Run[]): Run {
  return { seconds: median(runs.map(({ seconds }) => seconds)), calls: runs.at(-1)?.calls ?? {} };
}

const [kind = "", count, rounds] = process.argv.slice(2);
measure(kind, Number(count), Number(rounds)).then(
  (figures) => process.stdout.write(`${JSON.stringify(figures)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
