import { setMaxListeners } from "node:events";
import type { Behaviour } from "./behaviour";
import { openSource } from "./endpoints";
import { sourceId } from "./identity";
import type { Log } from "./log";
import { parseTableMappings } from "./mapping/tableMappings";
import { Job, type JobEnd, type JobOptions, type StartType } from "./replicator/job";
import { ProgressFile } from "./replicator/progress";
import { ReplicatedTables } from "./replicator/tables";
import { TaskLog } from "./replicator/taskLog";
import type { DmsRoles } from "./roles";
import type { Store, StoredEndpoint } from "./store";
import { DynamoTarget } from "./target/dynamodb";
import { DynamoTables } from "./target/dynamoTables";
import { parseTaskSettings } from "./taskSettings";

/** What a task or a serverless replication asks of the replicator. */
export interface JobRequest {
  /** The resource id: the last part of the ARN. */
  id: string;
  migrationType: JobOptions["migrationType"];
  tableMappings: string;
  settings: string;
  source: StoredEndpoint;
  target: StoredEndpoint;
  logGroup: string;
  logStream: string;
}

/** The runs of tasks and replications, and their durable progress. */
export class Jobs {
  private readonly running = new Map<string, { job: Promise<Job>; end: Promise<JobEnd> }>();
  private readonly files = new Map<string, ProgressFile>();

  constructor(
    private readonly store: Store,
    private readonly roles: DmsRoles,
    private readonly behaviour: Behaviour,
    private readonly log: Log,
  ) {}

  /** What is known of a task's tables; of a task that never ran, nothing. */
  progress(id: string): ProgressFile {
    let file = this.files.get(id);
    if (file === undefined) {
      file = new ProgressFile(this.store, id);
      this.files.set(id, file);
    }
    return file;
  }

  /** Runs a job to its end; never rejects. */
  run(request: JobRequest, start: StartType): Promise<JobEnd> {
    const job = this.create(request);
    const end = job
      .then((created) => created.run(start))
      .catch((error: unknown): JobEnd => ({ reason: "FATAL_ERROR", message: (error as Error).message }))
      .finally(() => this.running.delete(request.id));
    this.running.set(request.id, { job, end });
    return end;
  }

  /** Ends a run in order; without one, nothing happens. */
  async stop(id: string): Promise<void> {
    const entry = this.running.get(id);
    if (entry !== undefined) {
      await entry.job.then((job) => job.stop()).catch(() => undefined);
      await entry.end;
    }
  }

  /** Begins to load tables again. */
  async reload(id: string, tables: { schema: string; name: string }[]): Promise<void> {
    const job = await this.running.get(id)?.job;
    job?.reload(tables);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
    for (const file of this.files.values()) {
      file.save();
    }
  }

  /** Takes away what a task has made in the source, and its progress. A source that is away is no obstacle. */
  async forget(request: JobRequest): Promise<void> {
    if (this.progress(request.id).value.phase !== "new") {
      try {
        const source = await openSource(request.source, sourceId(request.id), undefined, this.roles);
        await source.forget().finally(() => source.close());
      } catch (error) {
        this.log.info(
          `the replication slot and publications of ${request.id} are left in the source: ${(error as Error).message}`,
        );
      }
    }
    this.progress(request.id).discard();
    this.files.delete(request.id);
  }

  private async create(request: JobRequest): Promise<Job> {
    const settings = parseTaskSettings(request.settings);
    const mappings = parseTableMappings(request.tableMappings);
    const progress = this.progress(request.id);
    const abort = new AbortController();
    // Every request under way listens to it, and there are dozens: no leak for Node to warn of.
    setMaxListeners(0, abort.signal);
    const log = new TaskLog(
      this.roles.logs(),
      request.logGroup,
      request.logStream,
      settings.Logging.EnableLogging,
      this.log,
    );
    const onRetry = (error: unknown, attempt: number) => {
      // The first attempts of a throttled table are no news.
      if (attempt >= 3) {
        log.write(
          "TARGET_APPLY",
          "W",
          `DynamoDB is tried again (attempt ${attempt + 2}): ${(error as Error).message}`,
        );
      }
    };
    const dynamodb = this.roles.target(request.target);
    const targetTables = new DynamoTables(
      dynamodb,
      settings.TargetMetadata.ParallelLoadThreads,
      abort.signal,
    );
    const tables = new ReplicatedTables({
      taskName: request.id,
      mappings,
      behaviour: this.behaviour,
      progress,
      target: targetTables,
      log,
    });
    return new Job({
      behaviour: this.behaviour,
      migrationType: request.migrationType,
      mappings,
      settings,
      source: await openSource(request.source, sourceId(request.id), settings, this.roles, this.behaviour),
      target: new DynamoTarget(this.roles.writer(request.target), this.behaviour, abort.signal, onRetry),
      targetTables,
      tables,
      progress,
      log,
      abort,
    });
  }
}
