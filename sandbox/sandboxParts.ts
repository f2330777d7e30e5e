import { mkdirSync } from "node:fs";
import { type Catalogue, readCatalogue, remarks } from "./database/catalogue";
import { type PostgresServer, startPostgres } from "./database/postgres";
import { createSample, SAMPLE_DATABASE } from "./database/sample";
import { Workload } from "./database/workload";
import { drainStreams } from "./drain";
import { awsEnvironment, sandboxEnvironment } from "./environment";
import { writeStandIns } from "./iam/standIns";
import type { Sandbox, SandboxOptions } from "./index";
import type { Lock } from "./lock";
import { type MiniStack, startMiniStack } from "./ministack";
import { describeExit, runningGroups } from "./process";
import type { SandboxProgress } from "./progress";
import { pulumiFolder } from "./pulumiFolder";
import { releaseSource, rememberSource } from "./releaseSource";
import { defaultTables, describeSource, type Source, sourceUrl } from "./source";
import { type StackConfig, stackConfig } from "./stackConfig";
import { StandIn } from "./standIn";
import type { StateFolder } from "./stateFolder";
import { together } from "./together";

/** How long an end that keeps the state waits for changes under way, in milliseconds. */
const DRAIN_MS = 15_000;

/** The seed of the sample's workload. */
const SEED = 1;

/** What a sandbox for the sample calls its source. */
const SAMPLE = "the sample database";

const REMOVED = "the last sandbox did not end in order; what it left is removed";

/** Where copies of what was granted and used go, where somebody collects those of many sandboxes (`npm test`). */
function privilegesFolder(): Record<string, string> {
  const folder = process.env.ROWSTREAM_PRIVILEGES_DIR;
  return folder === undefined ? {} : { ROWSTREAM_PRIVILEGES_DIR: folder };
}

/** The parts of one sandbox: started in the order in which they need each other, ended together. */
export class SandboxParts implements Sandbox {
  readonly stackName = "sandbox";
  readonly failed: Promise<Error>;
  environment: Record<string, string> = {};
  config: StackConfig = {};
  sourceUrl = "";
  private fail: (error: Error) => void = () => undefined;
  /** What becomes of the state at the end; until it has been opened it is somebody else's. */
  private atEnd: "leave" | "keep" | "remove" = "leave";
  private postgres: PostgresServer | undefined;
  private ministack: MiniStack | undefined;
  private readonly standIns = new Map<string, StandIn>();
  private workload: Workload | undefined;
  private ended: Promise<void> | undefined;

  /** Nothing runs before {@link start}. Whatever comes of it, {@link stop} must be called. */
  constructor(
    private readonly options: SandboxOptions,
    private readonly folder: StateFolder,
    private readonly lock: Lock,
    /** The user's own database; the sample where there is none. */
    private readonly own: Source | undefined,
  ) {
    this.failed = new Promise((resolve) => {
      this.fail = resolve;
    });
  }

  /** Starts every part. */
  async start(): Promise<void> {
    const { signal } = this.options;
    await this.openFolder();
    const [ministack, { source, include, catalogue }] = await together([
      this.timed("MiniStack", () => this.startMiniStack()),
      this.openSource(),
    ]);
    signal?.throwIfAborted();
    const aws = awsEnvironment(ministack.endpoint);
    const iam = await this.timed("IAM gateway", () =>
      this.startStandIn("iam", "the IAM gateway", { ...aws, ...privilegesFolder() }),
    );
    signal?.throwIfAborted();
    // What acts in a role reaches AWS through the gateway; the user, and the provider in the user's name, do not.
    const inRoles = awsEnvironment(`http://127.0.0.1:${iam.port()}`);
    const [dms, lambda] = await together([
      this.timed("DMS stand-in", () => this.startStandIn("dms", "the DMS stand-in", inRoles)),
      this.timed("Lambda stand-in", () =>
        this.startStandIn("lambda", "the Lambda stand-in", {
          ...inRoles,
          // So do functions, where they ask Lambda.
          AWS_ENDPOINT_URL_LAMBDA: inRoles.AWS_ENDPOINT_URL ?? "",
          ROWSTREAM_METRICS_URL: ministack.endpoint,
        }),
      ),
    ]);
    signal?.throwIfAborted();
    const services = {
      aws: ministack.endpoint,
      dms: `http://127.0.0.1:${dms.port()}`,
      lambda: `http://127.0.0.1:${lambda.port()}`,
    };
    writeStandIns(this.folder.at("iam"), { dms: services.dms, lambda: services.lambda });
    const provider = await this.timed("provider stand-ins", () =>
      this.startStandIn("provider", "the provider stand-in", {
        ...aws,
        AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE: services.dms,
        AWS_ENDPOINT_URL_LAMBDA: services.lambda,
      }),
    );
    signal?.throwIfAborted();
    this.environment = sandboxEnvironment(
      {
        ...services,
        awsProviderPort: provider.port("awsPort"),
        awsxProviderPort: provider.port("awsxPort"),
      },
      pulumiFolder(this.folder, this.stackName),
    );
    this.config = stackConfig(source, include, catalogue);
    this.sourceUrl = sourceUrl(source);
    this.atEnd = this.options.keep ? "keep" : "remove";
  }

  /** Takes up kept state, or begins anew; a source that pieces were made of is released first. */
  private async openFolder(): Promise<void> {
    const found = this.folder.found;
    if (found === "kept" && !this.options.fresh) {
      this.folder.takeUp(this.describe());
      // Until all is up, an end leaves kept state as it was found.
      this.atEnd = "keep";
      return;
    }
    if (found !== "nothing") {
      await this.releaseSource();
      this.folder.clear();
      this.say("note", found === "kept" ? "the kept state is removed" : REMOVED);
    }
    this.atEnd = "remove";
  }

  startWorkload(): void {
    if (this.postgres === undefined || this.ended !== undefined) {
      return;
    }
    this.workload ??= new Workload({
      url: this.postgres.url(SAMPLE_DATABASE),
      changesPerSecond: this.options.changesPerSecond,
      seed: SEED,
      onFailure: (error) => this.say("warning", `the workload has ended: ${error.message}`),
    });
  }

  stop(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async end(): Promise<void> {
    await this.workload?.stop();
    if (this.atEnd === "keep") {
      await this.settle();
    }
    await together([
      ...[...this.standIns.values()].map((standIn) => standIn.stop()),
      this.ministack?.stop(),
      this.postgres?.stop(),
    ]);
    if (this.atEnd === "remove") {
      await this.releaseSource();
      this.postgres?.remove();
      this.folder.remove();
      return;
    }
    if (this.atEnd === "keep") {
      this.folder.keep(this.describe());
    }
    this.lock.release();
  }

  /** Lets what is under way come to rest, since MiniStack does not keep the tables' streams. */
  private async settle(): Promise<void> {
    await this.standIns.get("dms")?.stop();
    if (this.ministack === undefined || !this.standIns.has("lambda")) {
      return;
    }
    this.say("live", "waiting for the tables' streams to be read");
    const environment = awsEnvironment(this.ministack.endpoint);
    const unread = await drainStreams(this.folder.at("lambda"), environment, DRAIN_MS).catch(
      (error: Error) => [error.message],
    );
    if (unread.length > 0) {
      this.say("warning", `changes that were not read yet are lost to the kept state: ${unread.join(", ")}`);
    }
    if (this.own !== undefined) {
      const log = this.own.engine === "postgres" ? "its log" : "its binary log as long as it is set to";
      this.say("note", `${this.describe()} keeps ${log} for the next sandbox, which goes on there`);
    }
  }

  private say(kind: SandboxProgress["kind"], text: string): void {
    this.options.onProgress({ kind, text });
  }

  private describe(): string {
    return this.own === undefined ? SAMPLE : describeSource(this.own);
  }

  /** Starts a part, notes its process and says how long it took. */
  private async timed<T>(what: string, start: () => Promise<T>): Promise<T> {
    const began = performance.now();
    this.say("live", `starting ${what}`);
    try {
      const part = await start();
      this.say("done", `${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
      return part;
    } finally {
      this.lock.note(runningGroups());
    }
  }

  private async startMiniStack(): Promise<MiniStack> {
    const ministack = await startMiniStack({
      executable: this.options.tools.ministack,
      stateDir: this.folder.at("ministack"),
      keep: this.options.keep || this.atEnd === "keep",
    });
    this.ministack = ministack;
    this.watch(ministack);
    return ministack;
  }

  private async startStandIn(part: string, name: string, env: Record<string, string>): Promise<StandIn> {
    const stateDir = this.folder.at(part);
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const standIn = await StandIn.start({
      name,
      part,
      stateDir,
      logFile: this.folder.at(part, `${part}.log`),
      env,
      onRestart: (message) => {
        this.lock.note(runningGroups());
        this.say("warning", message);
      },
      onFailure: (error) => this.fail(error),
    });
    this.standIns.set(part, standIn);
    return standIn;
  }

  /** The source, ready to be replicated, with the tables that will be. */
  private async openSource(): Promise<{ source: Source; include: readonly string[]; catalogue: Catalogue }> {
    if (this.own !== undefined) {
      rememberSource(this.folder, this.own);
    }
    const source = this.own ?? (await this.timed("PostgreSQL", () => this.startSample()));
    const include = this.options.tables ?? defaultTables(source);
    const catalogue = await readCatalogue(source, include);
    for (const text of remarks(catalogue.tables)) {
      this.say("note", text);
    }
    return { source, include, catalogue };
  }

  /** Frees a user's database of what DMS made in it; a sample goes as a whole. */
  private async releaseSource(): Promise<void> {
    const left = await releaseSource(this.folder);
    if (left !== undefined) {
      this.say("warning", left);
    }
  }

  private async startSample(): Promise<Source> {
    const postgres = await startPostgres({
      bin: this.options.tools.postgresBin,
      stateDir: this.folder.at("postgres"),
    });
    this.postgres = postgres;
    this.watch(postgres);
    await createSample(postgres);
    const { host, port, user, password } = postgres;
    return {
      engine: "postgres",
      name: SAMPLE_DATABASE,
      host,
      port,
      database: SAMPLE_DATABASE,
      user,
      password,
      sslMode: "none",
    };
  }

  /** The sandbox cannot go on without this part, and what it held in memory is gone with it. */
  private watch(part: MiniStack | PostgresServer): void {
    const process = part.exited;
    process
      .then((exit) => {
        if (this.ended === undefined) {
          this.fail(part.failure(describeExit(exit)));
        }
      })
      .catch((error: Error) => this.fail(error));
  }
}
