import type { DeployParts } from "../../../automation/deploy";
import type { TableCatalogue } from "../../../automation/discover";
import type { ResourceStep, RowstreamEvent } from "../../../automation/events";
import type { InitialLoad } from "../../../automation/initialLoad/initialLoad";
import type { PendingCreate } from "../../../automation/pendingCreates";
import type { ReplicationControl, ReplicationPhase } from "../../../automation/replicationControl";
import { type LockRecord, type LockStore, runLock } from "../../../automation/runLock";
import type { ReplicatedTable } from "../../../components/replicatedTable";
import type { PipelineOutputs } from "../../../program";

/** Thrown in place of a kill -9. */
export class Killed extends Error {}

/** A run lock's place, in memory. */
export class FakeLockStore implements LockStore {
  record: LockRecord | undefined;
  /** Whether nothing gets through. */
  down = false;

  async read() {
    this.pass();
    return this.record;
  }

  async write(record: LockRecord, seen: LockRecord | undefined) {
    this.pass();
    const free = this.record?.owner === seen?.owner && this.record?.beat === seen?.beat;
    if (free) {
      this.record = record;
    }
    return free;
  }

  async remove(owner: string) {
    this.pass();
    if (this.record?.owner === owner) {
      this.record = undefined;
    }
  }

  private pass(): void {
    if (this.down) {
      throw new Error("DynamoDB is away");
    }
  }
}

/** A table of the source; `refused` is DMS's reason not to replicate it. */
export interface SourceTable {
  name: string;
  refused?: string;
}

/**
 * A pipeline in memory: a stack, DMS and DynamoDB as far as the driver sees them. It keeps the order of the calls
 * that change something, can die before or after any of them, and holds the driver to what must never happen.
 */
export class FakePipeline {
  readonly calls: string[] = [];
  readonly events: RowstreamEvent[] = [];
  phase: ReplicationPhase = "new";
  failure = "";
  source: SourceTable[] = [
    { name: "customers" },
    { name: "orders" },
    { name: "audit", refused: "no primary key" },
  ];
  readonly dynamo = new Set<string>(["awsdms_apply_exceptions"]);
  /** Tables whose stream is on. */
  readonly streaming = new Set<string>();
  /** Tables whose stream the stack believes to be on. */
  readonly believed = new Set<string>();
  /** Whether the rows that were there before are published. */
  initialRows: "none" | "events" = "none";
  /** Tables whose initial rows are all published. */
  readonly published = new Set<string>();
  /** What the next preview plans. */
  planned: Pick<ResourceStep, "type" | "name">[] = [];
  /** What an earlier update was creating when it was cut off. */
  pending: PendingCreate[] = [];
  /** Whether there is a heartbeat, and what the source says to it. */
  heartbeat: "none" | "written" | Error = "none";
  connection: "passes" | string = "passes";
  describes = 0;
  private readonly lockStore = new FakeLockStore();
  private state: { outputs?: PipelineOutputs; tables: ReplicatedTable[] } = { tables: [] };
  private replicationMade = false;
  private budget = Number.POSITIVE_INFINITY;
  private dieAfter = false;

  /** Dies at the n-th call from here on that changes something, before or after its effect. */
  killAt(call: number, when: "before" | "after"): void {
    this.budget = call;
    this.dieAfter = when === "after";
  }

  spare(): void {
    this.budget = Number.POSITIVE_INFINITY;
  }

  get parts(): DeployParts {
    return {
      stack: {
        snapshot: async () => ({
          outputs: this.state.outputs,
          tables: [...this.state.tables],
          tableUrns: Object.fromEntries([...this.believed].map((name) => [name, name])),
          consumers: [],
          pendingCreates: this.pending,
          resources: 1,
        }),
        settlePendingCreates: () =>
          this.effect("settle pending creates", () => {
            this.pending = [];
          }),
        update: (pass, tables) => this.update(pass, tables),
        refresh: async (_tables, targets) => {
          await this.effect(`refresh ${targets?.join(" ")}`, () => {
            for (const name of this.believed) {
              if (!this.streaming.has(name) && targets?.includes(name)) {
                this.believed.delete(name);
              }
            }
          });
          return { changes: {} };
        },
        preview: async () => {
          this.calls.push("preview");
          return { changes: {}, steps: this.steps() };
        },
        stepsBesideTables: async () => this.steps(),
      },
      control: () => this.control(),
      catalogueFor: () => this.catalogue(),
      tableStreams: () => async (names) =>
        new Map(names.filter((name) => this.streaming.has(name)).map((name) => [name, `arn:${name}`])),
      heartbeat: ({ heartbeat }) => heartbeat && (() => this.writeHeartbeat(heartbeat.table)),
      initialLoad: async () => (this.initialRows === "events" ? this.initialLoad() : undefined),
      runLock: () =>
        this.initialRows === "events" ? runLock(this.lockStore, { beatMs: 2, leaseMs: 200 }) : undefined,
      restart: false,
      onEvent: (event) => this.events.push(event),
      pace: { initialMs: 0, maximumMs: 0 },
    };
  }

  private steps(): ResourceStep[] {
    return this.planned.map((step) => ({ ...step, op: "update", urn: "", differs: [] }));
  }

  /** The source's workload adds a table while changes flow: DMS makes its DynamoDB table without a stream. */
  addTable(name: string): void {
    this.source.push({ name });
    if (this.phase === "running") {
      this.dynamo.add(name);
    }
  }

  private async writeHeartbeat(name: string): Promise<void> {
    await this.effect("write heartbeat", () => {
      if (this.heartbeat instanceof Error) {
        throw this.heartbeat;
      }
      if (!this.source.some((table) => table.name === name)) {
        this.addTable(name);
      }
    });
  }

  private async effect(call: string, apply: () => void): Promise<void> {
    this.budget -= 1;
    const dying = this.budget === 0;
    if (dying && !this.dieAfter) {
      throw new Killed(call);
    }
    this.calls.push(call);
    apply();
    if (dying) {
      throw new Killed(call);
    }
  }

  private async update(pass: 1 | 2, tables: ReplicatedTable[]) {
    const before = this.state.tables;
    const add = tables.filter((table) => !this.believed.has(table.tableName));
    const gone = before.filter((table) => !tables.some((other) => other.tableName === table.tableName));
    const made = !this.replicationMade;
    // The engine adopts table after table, and writes the outputs last.
    for (const table of add) {
      await this.effect(`adopt ${table.table}`, () => {
        if (!this.dynamo.has(table.tableName)) {
          throw new Error(`cannot import ${table.tableName}: it does not exist`);
        }
        if (this.phase === "running" && table.table !== "customers" && table.table !== "orders") {
          throw new Error(`${table.table} was adopted while its changes were being applied`);
        }
        this.streaming.add(table.tableName);
        this.believed.add(table.tableName);
        this.published.delete(table.tableName);
        const others = this.state.tables.filter(({ tableName }) => tableName !== table.tableName);
        this.state.tables = [...others, table];
      });
    }
    await this.effect(
      `update ${pass}: ${tables.map((table) => table.table).join(" ") || "no tables"}`,
      () => {
        this.replicationMade = true;
        for (const table of gone) {
          this.streaming.delete(table.tableName);
          this.believed.delete(table.tableName);
        }
        this.state = { outputs: this.outputsWith(tables), tables: [...tables] };
        this.planned = [];
      },
    );
    const changes = { same: 10, create: add.length + (made ? 20 : 0), delete: gone.length };
    return { changes, outputs: this.outputsWith(tables) };
  }

  private outputsWith(tables: ReplicatedTable[]): PipelineOutputs {
    return {
      ...outputsWith(tables),
      ...(this.heartbeat !== "none" && {
        heartbeat: { functionName: "heartbeat", schema: "public", table: "heartbeat", intervalMinutes: 1 },
      }),
    };
  }

  /** Two pages a table. */
  private initialLoad(): InitialLoad {
    return {
      pending: async (tables) => tables.filter(({ tableName }) => !this.published.has(tableName)),
      publish: async ({ tableName, table }, onRows) => {
        for (const page of [1, 2]) {
          await this.effect(`publish ${table} ${page}`, () => {
            this.expect("loaded", "interrupted", "failed");
            if (!this.streaming.has(tableName)) {
              throw new Error(`the rows of ${table} were published before its stream was on`);
            }
            if (page === 2) {
              this.published.add(tableName);
            }
          });
          onRows(page * 10);
        }
        return 20;
      },
    };
  }

  private control(): ReplicationControl {
    return {
      testableEndpoints: ["source", "target"],
      state: async () => this.observe(),
      startConnectionTest: (endpoint) => this.effect(`test ${endpoint}`, () => {}),
      connectionTest: async (endpoint) =>
        this.connection === "passes"
          ? { endpoint, passed: true }
          : { endpoint, passed: false, message: this.connection },
      startFullLoad: () =>
        this.effect("start", () => {
          this.expect("new");
          this.phase = "loading";
        }),
      resume: () =>
        this.effect("resume", () => {
          this.expect("loaded", "interrupted", "failed");
          this.phase = this.phase === "interrupted" ? "loading" : "running";
          this.refuseLoss();
        }),
      stop: () =>
        this.effect("stop", () => {
          this.expect("running", "loading");
          this.phase = this.phase === "loading" ? "interrupted" : "loaded";
        }),
      reload: (_schema, table) => this.effect(`reload ${table}`, () => this.expect("running")),
      tableStatistics: async () =>
        this.source.map(({ name, refused }) => ({
          schema: "public",
          table: name,
          state: refused ? "Table error" : this.dynamo.has(name) ? "Table completed" : "Before load",
          rows: this.dynamo.has(name) ? 10 : 0,
        })),
      tableErrors: async () => (_schema, table) => this.source.find(({ name }) => name === table)?.refused,
      lastErrors: async () => (this.failure ? [this.failure] : []),
    };
  }

  /** Every look moves a full load on; it makes its tables and stops by itself. */
  private observe() {
    const phase = this.phase;
    if (phase === "loading") {
      for (const { name, refused } of this.source) {
        if (!refused) {
          this.dynamo.add(name);
        }
      }
      this.phase = this.failure ? "failed" : "loaded";
    }
    const percent = phase === "new" || phase === "loading" ? 0 : 100;
    return {
      phase,
      status: phase,
      percent,
      failures: this.failure && phase === "failed" ? [this.failure] : [],
    };
  }

  private catalogue(): TableCatalogue {
    return {
      names: async () => new Set(this.dynamo),
      key: async () => {
        this.describes += 1;
        return { partitionKey: { name: "id", type: "N" } };
      },
    };
  }

  private expect(...phases: ReplicationPhase[]): void {
    if (!phases.includes(this.phase)) {
      throw new Error(`InvalidResourceState: the replication is ${this.phase}`);
    }
  }

  /** Changes applied to a table without a stream are no events: the driver must never let that happen. */
  private refuseLoss(): void {
    for (const { name } of this.source) {
      if (this.phase === "running" && this.dynamo.has(name) && !this.streaming.has(name)) {
        throw new Error(`the changes of ${name} would be lost`);
      }
      if (this.initialRows === "events" && this.dynamo.has(name) && !this.published.has(name)) {
        throw new Error(`the changes of ${name} would come before its initial rows`);
      }
    }
  }
}

function outputsWith(tables: ReplicatedTable[]): PipelineOutputs {
  return {
    streamName: "stream",
    eventSources: "",
    streamArn: "arn:stream",
    fanInName: "fan-in",
    failureBucketName: "failures",
    tables,
    tableNames: tables.map((table) => table.tableName),
    tableStreamArns: Object.fromEntries(tables.map(({ tableName }) => [tableName, `arn:${tableName}`])),
    targetNames: {},
    replicationTaskArn: "arn:aws:dms:us-east-1:1:task:T",
    replicationInstanceArn: "arn:aws:dms:us-east-1:1:rep:I",
    sourceEndpointArn: "arn:source",
    targetEndpointArn: "arn:target",
    replicationLogGroup: "dms-tasks",
    tablesOnDestroy: "retain",
    region: "us-east-1",
  };
}
