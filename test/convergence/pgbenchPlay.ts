import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseBehaviour } from "../../sandbox/dms/behaviour";
import { ManagedProcess } from "../../sandbox/process";
import type { TestClient } from "../helpers/sourceServer";
import { tools } from "../helpers/tools";
import type { ComparedTable } from "./comparedTable";
import { Comparison } from "./converge";
import type { FaultKind } from "./faultKinds";
import type { Outcome } from "./play";
import { Replica } from "./replica";
import { Stage } from "./stage";
import { STRIKES } from "./strikes";

const SETTLE_MS = 60_000;

/** What is killed while pgbench runs, in turn. */
const KILLS: FaultKind[] = ["the replicator is killed", "the fan-in is killed while its call is under way"];

const column = (name: string, type: string) => ({ name, type });

/** pgbench's tables (PostgreSQL documentation, pgbench), with a key for the history: DMS takes no table without. */
const TABLES: ComparedTable[] = [
  {
    name: "pgbench_accounts",
    key: ["aid"],
    columns: [
      column("aid", "integer"),
      column("bid", "integer"),
      column("abalance", "integer"),
      column("filler", "char(84)"),
    ],
    touched: "true",
  },
  {
    name: "pgbench_branches",
    key: ["bid"],
    columns: [column("bid", "integer"), column("bbalance", "integer"), column("filler", "char(88)")],
    touched: "true",
  },
  {
    name: "pgbench_tellers",
    key: ["tid"],
    columns: [
      column("tid", "integer"),
      column("bid", "integer"),
      column("tbalance", "integer"),
      column("filler", "char(84)"),
    ],
    touched: "true",
  },
  {
    name: "pgbench_history",
    key: ["hid"],
    columns: [
      column("hid", "bigint"),
      column("tid", "integer"),
      column("bid", "integer"),
      column("aid", "integer"),
      column("delta", "integer"),
      column("mtime", "timestamp"),
      column("filler", "char(22)"),
    ],
    touched: "true",
  },
];

/** Rows that a transaction of pgbench changes: an account, a teller, a branch, and one of the history. */
const CHANGES_A_TRANSACTION = 4;

export interface PgbenchOptions {
  seconds: number;
  /** Transactions a second, at most. */
  rate: number;
  /** How many of pgbench's 100,000 accounts there are. */
  accounts: number;
  /** The rest between two kills, in milliseconds: a stand-in that crashes five times in a minute is given up. */
  restMs: number;
  onSurvived(kind: FaultKind): void;
}

/** pgbench's program; undefined where it does not come with this PostgreSQL, as with the embedded one of npm. */
export function findPgbench(): string | undefined {
  const program = join(tools().postgresBin, "pgbench");
  return existsSync(program) ? program : undefined;
}

/** Runs pgbench on a source of a pipeline while its processes are killed, and compares whole tables. */
export async function playPgbench(program: string, options: PgbenchOptions): Promise<Outcome> {
  const prepare = async (client: TestClient, begun: Stage) => {
    await pgbench(program, begun, ["--initialize", "--quiet", "--init-steps=dtgvp"]).exitedWell();
    await client.query("DELETE FROM pgbench_accounts WHERE aid > $1", [options.accounts]);
    await client.query("ALTER TABLE pgbench_history ADD hid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
  };
  const stage = await Stage.start("postgres", prepare, 1, parseBehaviour(undefined));
  try {
    await stage.deploy(true);
    return await run(stage, program, options);
  } finally {
    await stage.stop();
  }
}

async function run(stage: Stage, program: string, options: PgbenchOptions): Promise<Outcome> {
  const replica = new Replica();
  const comparison = new Comparison(stage, replica, TABLES, true);
  const { seconds, rate, accounts, restMs, onSurvived } = options;
  const script = join(__dirname, "..", "..", "..", "test", "convergence", "pgbench.sql");
  const running = pgbench(program, stage, [
    ...["--no-vacuum", "--client=4", `--time=${seconds}`, `--rate=${rate}`],
    ...[`--file=${script}`, `--define=accounts=${accounts}`],
  ]);
  let over = false;
  const ended = running.exitedWell().finally(() => {
    over = true;
  });
  const strikes = async () => {
    for (let turn = 0; !over; turn++) {
      const kind = KILLS[turn % KILLS.length] as FaultKind;
      await STRIKES[kind]({ stage, lastsMs: 0, changes: async () => undefined });
      onSurvived(kind);
      await comparison.read();
      await Promise.race([sleep(restMs), ended.catch(() => undefined)]);
    }
  };
  await Promise.all([ended, strikes()]);
  const difference = await comparison.settle(SETTLE_MS);
  const changes = CHANGES_A_TRANSACTION * (await transactions(await stage.connect()));
  const { events, duplicates, faults } = replica;
  return { changes, events, duplicates, difference, faults };
}

async function transactions(client: TestClient): Promise<number> {
  const { rows } = await client.query("SELECT count(*) FROM pgbench_history");
  await client.end();
  return Number(rows[0]?.count);
}

/** Starts pgbench on the stage's database; the password travels in the environment. */
function pgbench(program: string, stage: Stage, args: string[]) {
  const { hostname, port, username, password, pathname } = new URL(stage.url);
  const child = new ManagedProcess({
    name: "pgbench",
    command: program,
    args: [...args, `--host=${hostname}`, `--port=${port}`, `--username=${username}`, pathname.slice(1)],
    env: { PATH: process.env.PATH, PGPASSWORD: password, LC_ALL: "C" },
    logFile: join(stage.folder, "pgbench.log"),
  });
  return {
    /** @throws ProcessError where it does not end with exit code 0 */
    async exitedWell(): Promise<void> {
      const { code } = await child.exited;
      if (code !== 0) {
        throw child.failure(`ended with exit code ${code}`);
      }
    },
  };
}
