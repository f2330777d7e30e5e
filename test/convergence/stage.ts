import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlFor } from "../../automation/clients";
import { deploy } from "../../automation/deploy";
import type { ReplicationControl, ReplicationPhase } from "../../automation/replicationControl";
import { enterSandbox } from "../../cli/sandboxEnvironment";
import type { ReplicatedTable } from "../../components/replicatedTable";
import type { DatabaseServer, ShutdownMode } from "../../sandbox/database/databaseServer";
import type { Behaviour } from "../../sandbox/dms/behaviour";
import { type Sandbox, startSandbox } from "../../sandbox/index";
import { poll } from "../helpers/poll";
import { descendants } from "../helpers/processes";
import {
  createDatabase,
  openClient,
  startSourceServer,
  type TestClient,
  type TestEngine,
} from "../helpers/sourceServer";
import { StreamLines } from "../helpers/streamLines";
import { temporaryFolder } from "../helpers/temporaryFolder";
import { tools } from "../helpers/tools";
import { FAULTS_PATH, type FaultCounts, type MiniStackFaults, NO_FAULTS } from "./miniStackFaults";
import type { DeployWorkspace } from "./runDeploy";

const ROOT = join(__dirname, "..", "..", "..");
const DATABASE = "legacy";

/** A part of the sandbox that can be killed, and the end of its program's name. */
const PROGRAMS = {
  replicator: "sandbox/dms/main.js",
  "Lambda stand-in": "sandbox/lambda/main.js",
  "fan-in": "sandbox/lambda/runtime/bootstrap.js",
} as const;

export type Part = keyof typeof PROGRAMS;

/** A stand-in that crashes once more in this time is given up by the sandbox (sandbox/standIn.ts). */
const CRASHES = 4;
const CRASH_WINDOW_MS = 65_000;

/** How long a stand-in may take to be back, or DMS to move, in milliseconds: the machine may be busy. */
const PATIENCE_MS = 60_000;

/**
 * The whole pipeline on a database server of our own, which the sandbox takes for the user's, and behind a faulty
 * MiniStack. This process's environment leads to it until it is stopped.
 */
export class Stage {
  readonly folder = temporaryFolder();
  private readonly environmentBefore = { ...process.env };
  private database: DatabaseServer | undefined;
  private sandbox: Sandbox | undefined;
  private lines: StreamLines | undefined;
  private control: ReplicationControl | undefined;
  private faults = NO_FAULTS;
  private broken: Error | undefined;
  /** When each part was killed. */
  private readonly kills = new Map<Part, number[]>();
  private tables: readonly ReplicatedTable[] = [];
  private restarted: Promise<void> = Promise.resolve();
  private faultsSet: Promise<void> = Promise.resolve();

  private constructor(
    readonly engine: TestEngine,
    readonly behaviour: Behaviour,
  ) {}

  /**
   * Starts it.
   * @param prepare makes the tables of the source
   * @param seed of the faults that strike at random
   * @param behaviour of DMS
   */
  static async start(
    engine: TestEngine,
    prepare: (client: TestClient, stage: Stage) => Promise<void>,
    seed: number,
    behaviour: Behaviour,
  ): Promise<Stage> {
    const stage = new Stage(engine, behaviour);
    try {
      await stage.open(prepare, seed);
      return stage;
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  private async open(
    prepare: (client: TestClient, stage: Stage) => Promise<void>,
    seed: number,
  ): Promise<void> {
    this.database = await startSourceServer(this.engine, join(this.folder, "source"));
    await createDatabase(this.database, DATABASE);
    const client = await this.connect();
    await prepare(client, this);
    await client.end();
    process.env.ROWSTREAM_DMS_BEHAVIOUR = JSON.stringify(this.behaviour);
    this.sandbox = await startSandbox({
      stateDir: join(this.folder, "sandbox"),
      tools: { ...tools(), ministack: this.faultyMiniStack(seed) },
      source: this.url,
      keep: false,
      changesPerSecond: 0,
      onProgress: () => undefined,
    });
    this.sandbox.failed.then(
      (error) => {
        this.broken = error;
      },
      () => undefined,
    );
    enterSandbox(this.sandbox.environment);
  }

  /**
   * Deploys the pipeline; to be done once, before anything is read or struck.
   * @param initialLoad whether the rows that are there become events
   */
  async deploy(initialLoad: boolean): Promise<void> {
    const { environment } = this.running;
    const { outputs, discovery } = await deploy({ ...this.workspace(initialLoad), onEvent: () => undefined });
    assert.deepEqual(discovery.skipped, []);
    this.tables = discovery.tables;
    this.lines = new StreamLines(environment, outputs.streamName);
    this.control = controlFor(outputs);
  }

  /** What the driver is given. */
  workspace(initialLoad: boolean): DeployWorkspace {
    const { stackName, config } = this.running;
    return {
      stackName,
      config: { ...config, "rowstream:initialLoad": { value: initialLoad ? "events" : "none" } },
      workDir: ROOT,
      pulumi: tools().pulumi,
      missing: "create",
    };
  }

  /** The source's connection string. */
  get url(): string {
    return this.server.url(DATABASE);
  }

  /** A new connection to the source, whose later failures show in its queries. */
  connect(): Promise<TestClient> {
    return openClient(this.url);
  }

  /** What has come out of the change stream since the last call. @throws Error once the sandbox is broken */
  async read(): Promise<string[]> {
    if (this.broken !== undefined) {
      throw this.broken;
    }
    return (await this.lines?.read()) ?? [];
  }

  /** What DMS made of a table of the source. */
  target(table: string): ReplicatedTable {
    const found = this.tables.find((one) => one.table === table);
    if (found === undefined) {
      throw new Error(`there is no table ${table} in the pipeline`);
    }
    return found;
  }

  /** Sets some of the faults of MiniStack; the others stay as they are. */
  setFaults(faults: Partial<MiniStackFaults>): Promise<void> {
    this.faults = { ...this.faults, ...faults };
    // One after the other: of two requests at once the older could arrive last.
    this.faultsSet = this.faultsSet.then(async () => {
      await fetch(this.faultsUrl, { method: "PUT", body: JSON.stringify(this.faults) });
    });
    return this.faultsSet;
  }

  /** How many requests each of them struck. */
  async counts(): Promise<FaultCounts> {
    return (await fetch(this.faultsUrl)).json() as Promise<FaultCounts>;
  }

  /** Waits until a fault of MiniStack has struck so many times more. */
  async struck(fault: keyof MiniStackFaults, times: number, patienceMs = PATIENCE_MS): Promise<void> {
    const before = (await this.counts())[fault];
    await poll(`${times} × ${fault}`, async () => (await this.counts())[fault] >= before + times, patienceMs);
  }

  /** Sends a signal to all processes of a part. */
  signal(part: Part, signal: NodeJS.Signals): number[] {
    const pids = this.pidsOf(part);
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself.
      }
    }
    return pids;
  }

  /**
   * Kills a part as a crash does. Waits until it runs again, which the fan-in does when it is next needed.
   * @param first done right before
   */
  async kill(part: Part, first: () => void = () => undefined): Promise<void> {
    await this.turnToKill(part);
    await poll(`the ${part} to run`, async () => this.pidsOf(part).length > 0, PATIENCE_MS);
    first();
    const killed = this.signal(part, "SIGKILL");
    await poll(
      `the ${part} to be back`,
      async () => this.pidsOf(part).some((pid) => !killed.includes(pid)),
      PATIENCE_MS,
    );
  }

  /** Waits until one kill more is not too many, and counts it. */
  private async turnToKill(part: Part): Promise<void> {
    const kills = this.kills.get(part) ?? [];
    this.kills.set(part, kills);
    await poll(
      `the ${part} to have been killed less often`,
      async () => {
        const recent = kills.filter((time) => Date.now() - time < CRASH_WINDOW_MS);
        return recent.length < CRASHES && kills.push(Date.now());
      },
      2 * CRASH_WINDOW_MS,
    );
  }

  /** Lets every mapping deliver again what came since the last call of the function that this returns. */
  rememberCheckpoints(): () => Promise<void> {
    const folder = join(this.folder, "sandbox", "lambda", "mappings");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /[/\\]shards[/\\].*\.json$/.test(file))
      .map((file) => join(folder, file));
    const texts = files.map((file) => readFileSync(file, "utf8"));
    return async () => {
      await this.kill("Lambda stand-in", () => {
        // Stopped first, so that it does not write its own over them.
        this.signal("Lambda stand-in", "SIGSTOP");
        for (const [index, file] of files.entries()) {
          if (existsSync(file)) {
            writeFileSync(file, texts[index] ?? "");
          }
        }
      });
    };
  }

  /** Restarts the source's server. Strikes come together; two restarts at once would start two servers on one folder. */
  restartDatabase(mode: ShutdownMode): Promise<void> {
    const restart = this.restarted.then(async () => {
      await this.server.stop(mode);
      await this.server.start();
    });
    this.restarted = restart.catch(() => undefined);
    return restart;
  }

  /** Stops the replication task and waits until it stands still. */
  async stopTask(): Promise<void> {
    await this.move((control) => control.stop(), "loaded");
  }

  async resumeTask(): Promise<void> {
    await this.move((control) => control.resume(), "running");
  }

  /** Brings the task into a phase, though the replicator or the database may be away at times. */
  private async move(ask: (control: ReplicationControl) => Promise<void>, phase: ReplicationPhase) {
    const { control } = this;
    if (control === undefined) {
      throw new Error("deploy comes first");
    }
    await poll(
      `the task to be ${phase}`,
      async () => {
        const state = await control.state().catch(() => undefined);
        if (state !== undefined && state.phase !== phase && state.phase !== "changing") {
          await ask(control).catch(() => undefined);
        }
        return state?.phase === phase;
      },
      PATIENCE_MS,
    );
  }

  /** Ends everything and removes it. */
  async stop(): Promise<void> {
    await this.sandbox?.stop();
    await this.database?.stop("immediate");
    this.database?.remove();
    rmSync(this.folder, { recursive: true, force: true });
    process.env = this.environmentBefore;
  }

  private get server(): DatabaseServer {
    if (this.database === undefined) {
      throw new Error("the stage is not started");
    }
    return this.database;
  }

  private get running(): Sandbox {
    if (this.sandbox === undefined) {
      throw new Error("the stage is not started");
    }
    return this.sandbox;
  }

  private get faultsUrl(): string {
    return `${this.running.environment.AWS_ENDPOINT_URL}${FAULTS_PATH}`;
  }

  private pidsOf(part: Part): number[] {
    return descendants(process.pid)
      .filter(({ command }) => command.includes(PROGRAMS[part]))
      .map(({ pid }) => pid);
  }

  /** An executable that the sandbox takes for MiniStack. */
  private faultyMiniStack(seed: number): string {
    const file = join(this.folder, "ministack");
    const words = [process.execPath, join(__dirname, "faultyMiniStack.js"), tools().ministack];
    const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    writeFileSync(file, `#!/bin/sh\nROWSTREAM_TEST_SEED=${seed} exec ${command}\n`);
    chmodSync(file, 0o755);
    return file;
  }
}
