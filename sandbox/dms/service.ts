import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { openSource } from "./endpoints";
import { newResourceId, resourceIdOf } from "./identity";
import type { JobRequest, Jobs } from "./jobs";
import type { Log } from "./log";
import type { JobEnd, StartType } from "./replicator/job";
import type { DmsRoles } from "./roles";
import type {
  Store,
  StoredConfig,
  StoredEndpoint,
  StoredInstance,
  StoredReplication,
  StoredTask,
} from "./store";
import { notFound } from "./wire/fault";
import { wireNow } from "./wire/shapes";

export interface ServiceOptions {
  store: Store;
  jobs: Jobs;
  roles: DmsRoles;
  log: Log;
  region: string;
  accountId: string;
  /** How long each state on the way to another lasts, in milliseconds. */
  stateDelayMs: number;
}

const SUCCESSFUL = "successful";

/** What the operations share: the resources, their life cycles, the replicator. */
export class DmsService {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly log: Log;
  readonly roles: DmsRoles;
  private readonly options: ServiceOptions;
  private closed = false;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.store = options.store;
    this.jobs = options.jobs;
    this.log = options.log;
    this.roles = options.roles;
  }

  arn(type: string, id: string = newResourceId()): string {
    return `arn:aws:dms:${this.options.region}:${this.options.accountId}:${type}:${id}`;
  }

  /** Does something after the time that a state lasts; a failure is logged. */
  later(work: () => void | Promise<void>): void {
    setTimeout(() => {
      if (!this.closed) {
        Promise.resolve()
          .then(work)
          .catch((error: unknown) => this.log.error("a change of state failed", error));
      }
    }, this.options.stateDelayMs);
  }

  instance(arn: string): StoredInstance {
    return found(this.store.state.instances[arn], "Replication instance", arn);
  }

  endpoint(arn: string): StoredEndpoint {
    return found(this.store.state.endpoints[arn], "Endpoint", arn);
  }

  task(arn: string): StoredTask {
    return found(this.store.state.tasks[arn], "Replication task", arn);
  }

  replication(arn: string): { config: StoredConfig; replication: StoredReplication } {
    return found(this.store.state.configs[arn], "Replication config", arn);
  }

  setTags(arn: string, tags: { Key: string; Value: string }[]): void {
    const own = this.store.state.tags[arn] ?? {};
    this.store.state.tags[arn] = own;
    for (const { Key, Value } of tags) {
      own[Key] = Value;
    }
  }

  taskJob(task: StoredTask): JobRequest {
    const id = resourceIdOf(task.ReplicationTaskArn);
    return {
      id,
      migrationType: task.MigrationType ?? "full-load-and-cdc",
      tableMappings: task.TableMappings,
      settings: task.ReplicationTaskSettings,
      source: this.endpoint(task.SourceEndpointArn),
      target: this.endpoint(task.TargetEndpointArn),
      logGroup: `dms-tasks-${this.instance(task.ReplicationInstanceArn).ReplicationInstanceIdentifier}`,
      logStream: `dms-task-${id}`,
    };
  }

  replicationJob(config: StoredConfig): JobRequest {
    const id = resourceIdOf(config.ReplicationConfigArn);
    return {
      id,
      migrationType: config.ReplicationType ?? "full-load-and-cdc",
      tableMappings: config.TableMappings,
      settings: config.ReplicationSettings,
      source: this.endpoint(config.SourceEndpointArn),
      target: this.endpoint(config.TargetEndpointArn),
      logGroup: `dms-serverless-replication-${id}`,
      logStream: `dms-serverless-${id}`,
    };
  }

  /** Runs a task: starting, running, and stopped or failed when it has ended. */
  runTask(task: StoredTask, start: StartType): void {
    task.Status = "starting";
    task.ReplicationTaskStartDate = wireNow();
    delete task.StopReason;
    delete task.LastFailureMessage;
    const request = this.taskJob(task);
    this.prepareStart(request, start);
    this.store.save();
    this.later(async () => {
      if (task.Status === "starting") {
        task.Status = "running";
        this.store.save();
      }
      const end = await this.jobs.run(request, start);
      if (!this.closed) {
        task.Status = end.reason === "FATAL_ERROR" ? "failed" : "stopped";
        Object.assign(task, stopFields(end));
        this.store.save();
      }
    });
  }

  /** Runs a serverless replication through its states. */
  runReplication(arn: string, start: StartType): void {
    const { config, replication } = this.replication(arn);
    replication.StartReplicationType = start;
    delete replication.StopReason;
    replication.FailureMessages = [];
    const request = this.replicationJob(config);
    this.prepareStart(request, start);
    const states = [
      "initializing",
      "fetching_metadata",
      "provisioning_capacity",
      "replication_starting",
      "running",
    ];
    const advance = () => {
      const next = states.shift();
      if (next === undefined || replication.Status === "stopping") {
        return this.runReplicationJob(replication, request, start);
      }
      replication.Status = next;
      replication.ReplicationUpdateTime = wireNow();
      this.store.save();
      this.later(advance);
      return undefined;
    };
    void advance();
  }

  private async runReplicationJob(
    replication: StoredReplication,
    request: JobRequest,
    start: StartType,
  ): Promise<void> {
    if (replication.Status === "stopping") {
      replication.Status = "stopped";
      this.store.save();
      return;
    }
    const end = await this.jobs.run(request, start);
    if (!this.closed) {
      replication.Status = end.reason === "FATAL_ERROR" ? "failed" : "stopped";
      replication.ReplicationLastStopTime = wireNow();
      const { StopReason, LastFailureMessage } = stopFields(end);
      replication.StopReason = StopReason;
      replication.FailureMessages = LastFailureMessage === undefined ? [] : [LastFailureMessage];
      this.store.save();
    }
  }

  /** A start anew forgets what was before now, so that a process that is killed begins anew as well. */
  private prepareStart(request: JobRequest, start: StartType): void {
    if (start !== "resume-processing") {
      this.jobs.progress(request.id).reset();
    }
  }

  /** Tests an endpoint and keeps the outcome for DescribeConnections. */
  async testConnection(key: string, stored: StoredEndpoint): Promise<void> {
    const connection = this.store.state.connections[key];
    if (connection === undefined) {
      return;
    }
    let failure: string | undefined;
    try {
      if (stored.endpoint.EndpointType === "source" || stored.endpoint.EngineName !== "dynamodb") {
        const source = await openSource(stored, "test", undefined, this.roles);
        await source.check().finally(() => source.close());
      } else {
        await this.roles.target(stored).send(new ListTablesCommand({ Limit: 1 }));
      }
    } catch (error) {
      failure = `Test Endpoint failed: Application-Status: 1020912, Application-Message: ${(error as Error).message}`;
    }
    connection.Status = failure === undefined ? SUCCESSFUL : "failed";
    if (failure === undefined) {
      delete connection.LastFailureMessage;
    } else {
      connection.LastFailureMessage = failure;
    }
    this.store.save();
  }

  /** Completes what a process that is gone left unfinished, and goes on with the tasks that ran. */
  recover(): void {
    const { state } = this.store;
    for (const instance of Object.values(state.instances)) {
      if (instance.ReplicationInstanceStatus === "deleting") {
        delete state.instances[instance.ReplicationInstanceArn];
      } else {
        instance.ReplicationInstanceStatus = "available";
      }
    }
    for (const task of Object.values(state.tasks)) {
      this.recoverTask(task);
    }
    for (const [arn, { config, replication }] of Object.entries(state.configs)) {
      if (replication.Status === "stopping") {
        replication.Status = "stopped";
      } else if (replication.Status === "deleting") {
        this.later(() => this.removeReplication(config));
      } else if (!["created", "stopped", "failed"].includes(replication.Status)) {
        this.runReplication(arn, "resume-processing");
      }
    }
    this.store.save();
  }

  private recoverTask(task: StoredTask): void {
    switch (task.Status) {
      case "creating":
        task.Status = "ready";
        break;
      case "modifying":
      case "stopping":
        task.Status = task.ReplicationTaskStartDate === undefined ? "ready" : "stopped";
        break;
      case "starting":
      case "running":
        this.runTask(task, "resume-processing");
        break;
      case "deleting":
        this.later(() => this.removeTask(task));
        break;
    }
  }

  /** Takes a task away, with what it made in the source. */
  async removeTask(task: StoredTask): Promise<void> {
    await this.jobs.forget(this.taskJob(task));
    delete this.store.state.tasks[task.ReplicationTaskArn];
    delete this.store.state.tags[task.ReplicationTaskArn];
    this.store.save();
  }

  /** Takes a serverless replication away, with what it made in the source. */
  async removeReplication(config: StoredConfig): Promise<void> {
    await this.jobs.forget(this.replicationJob(config));
    delete this.store.state.configs[config.ReplicationConfigArn];
    delete this.store.state.tags[config.ReplicationConfigArn];
    this.store.save();
  }

  /** Ends every run; their tasks stay "running" and go on with the next process. */
  async close(): Promise<void> {
    this.closed = true;
    await this.jobs.stopAll();
    this.store.save();
  }
}

function found<T>(resource: T | undefined, what: string, arn: string): T {
  if (resource === undefined) {
    throw notFound(what, arn);
  }
  return resource;
}

function stopFields(end: JobEnd): { StopReason: string; LastFailureMessage?: string } {
  return end.reason === "FATAL_ERROR"
    ? {
        StopReason: "Stop Reason FATAL_ERROR Error Level FATAL",
        LastFailureMessage: `Last Error ${end.message}. Stop Reason FATAL_ERROR Error Level FATAL`,
      }
    : { StopReason: `Stop Reason ${end.reason}` };
}
