import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateEndpointCommand,
  CreateReplicationInstanceCommand,
  CreateReplicationTaskCommand,
  DatabaseMigrationServiceClient,
  DescribeReplicationInstancesCommand,
  DescribeReplicationTasksCommand,
  DescribeTableStatisticsCommand,
  type ReplicationTask,
  StartReplicationTaskCommand,
  type StartReplicationTaskTypeValue,
  StopReplicationTaskCommand,
  type TableStatistics,
} from "@aws-sdk/client-database-migration-service";
import { type AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { DatabaseServer } from "../../sandbox/database/databaseServer";
import { type MiniStack, startMiniStack } from "../../sandbox/ministack";
import { poll } from "./poll";
import {
  createDatabase,
  openClient,
  startSourceServer,
  type TestClient,
  type TestEngine,
} from "./sourceServer";
import { temporaryFolder } from "./temporaryFolder";
import { tools } from "./tools";

const CREDENTIALS = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
const REGION = "us-east-1";
const MAIN = join(__dirname, "..", "..", "sandbox", "dms", "main.js");

/** A selection of everything, and of nothing of DMS's own. */
export const EVERYTHING = everythingOf("public");

function everythingOf(schema: string): string {
  return JSON.stringify({
    rules: [
      {
        "rule-type": "selection",
        "rule-id": "1",
        "rule-name": "1",
        "rule-action": "include",
        "object-locator": { "schema-name": schema, "table-name": "%" },
      },
    ],
  });
}

/** The selection of everything, with an object mapping for a table. */
export function withKey(
  schema: string,
  table: string,
  target: string,
  columns: string[],
  exclude: string[] = [],
): string {
  const [first = "", ...rest] = columns;
  const sortKey = `${rest.join("_")}_key`;
  const attribute = (name: string, value: string) => ({
    "target-attribute-name": name,
    "attribute-type": "scalar",
    "attribute-sub-type": "string",
    value,
  });
  return JSON.stringify({
    rules: [
      ...JSON.parse(everythingOf(schema)).rules,
      {
        "rule-type": "object-mapping",
        "rule-id": "2",
        "rule-name": "2",
        "rule-action": "map-record-to-record",
        "object-locator": { "schema-name": schema, "table-name": table },
        "target-table-name": target,
        "mapping-parameters": {
          "partition-key-name": first,
          "sort-key-name": sortKey,
          "exclude-columns": [first, ...exclude],
          "attribute-mappings": [
            attribute(first, `\${${first}}`),
            attribute(sortKey, rest.map((column) => `\${${column}}`).join("#")),
          ],
        },
      },
    ],
  });
}

/** What the driver sets, as far as the replicator acts on it. */
export const SETTINGS = {
  TargetMetadata: { LobMaxSize: 400 },
  FullLoadSettings: { TargetTablePrepMode: "DO_NOTHING", StopTaskCachedChangesNotApplied: true },
  ChangeProcessingDdlHandlingPolicy: { HandleSourceTableDropped: false },
  Logging: { EnableLogging: true },
};

export interface TaskOptions {
  mappings?: string;
  settings?: object;
  migrationType?: "full-load" | "cdc" | "full-load-and-cdc";
}

/** An item as plain values: strings and numbers as text, booleans as they are. */
export type PlainItem = Record<string, string | boolean>;

function plain(item: Record<string, AttributeValue>): PlainItem {
  const entries = Object.entries(item).map(([name, value]): [string, string | boolean] => [
    name,
    value.S ?? value.N ?? value.BOOL ?? "?",
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A database server, a MiniStack and the DMS stand-in in a process of its own. */
export class DmsBench {
  readonly folder: string;
  readonly engine: TestEngine;
  readonly server: DatabaseServer;
  readonly miniStack: MiniStack;
  readonly dynamodb: DynamoDBClient;
  readonly logs: CloudWatchLogsClient;
  dms: DatabaseMigrationServiceClient;
  private child: ChildProcess | undefined;
  private instanceArn = "";
  private environment: NodeJS.ProcessEnv = {};
  private databases = 0;
  private client: TestClient | undefined;
  private database = "";

  private constructor(folder: string, engine: TestEngine, server: DatabaseServer, miniStack: MiniStack) {
    this.folder = folder;
    this.engine = engine;
    this.server = server;
    this.miniStack = miniStack;
    const common = { endpoint: miniStack.endpoint, region: REGION, credentials: CREDENTIALS };
    this.dynamodb = new DynamoDBClient(common);
    this.logs = new CloudWatchLogsClient(common);
    this.dms = new DatabaseMigrationServiceClient({ region: REGION, credentials: CREDENTIALS });
  }

  static async start(engine?: TestEngine): Promise<DmsBench> {
    const bench = await DmsBench.startServers(engine);
    await bench.startDms();
    return bench;
  }

  /** All but the stand-in. */
  static async startServers(engine: TestEngine = "postgres"): Promise<DmsBench> {
    const folder = temporaryFolder();
    const [server, miniStack] = await Promise.all([
      startSourceServer(engine, join(folder, "source")),
      startMiniStack({ executable: tools().ministack, stateDir: join(folder, "ministack"), keep: false }),
    ]);
    return new DmsBench(folder, engine, server, miniStack);
  }

  /** Starts the stand-in; the state of an earlier one is taken up again. */
  async startDms(environment: NodeJS.ProcessEnv = this.environment): Promise<void> {
    this.environment = environment;
    const stateDir = join(this.folder, "dms");
    mkdirSync(stateDir, { recursive: true });
    const child = spawn(process.execPath, [MAIN], {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: this.miniStack.endpoint,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        ROWSTREAM_STATE_DIR: stateDir,
        ROWSTREAM_DMS_STATE_DELAY_MS: "20",
        ...environment,
      },
    });
    this.child = child;
    child.stderr.on("data", (data: Buffer) => appendFileSync(this.logFile, data));
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) =>
        reject(new Error(`the stand-in ended with ${code}: ${this.processLog().slice(-2_000)}`)),
      );
    });
    const { port } = JSON.parse(line) as { port: number };
    this.dms = new DatabaseMigrationServiceClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: REGION,
      credentials: CREDENTIALS,
    });
  }

  /** Ends the stand-in: in order, or as a crash does. */
  async endDms(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return null;
    }
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    return exited;
  }

  /** Ends the stand-in as the death of its parent does: by the end of its standard input. @returns its exit code */
  async closeInput(): Promise<number | null> {
    const { child } = this;
    const exited = new Promise<number | null>((resolve) => child?.once("exit", resolve));
    child?.stdin?.end();
    return exited;
  }

  get logFile(): string {
    return join(this.folder, "dms.log");
  }

  processLog(): string {
    try {
      return readFileSync(this.logFile, "utf8");
    } catch {
      return "";
    }
  }

  async stop(): Promise<void> {
    await this.client?.end();
    await this.endDms("SIGTERM");
    await Promise.all([this.server.stop("immediate"), this.miniStack.stop()]);
    this.server.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A new, empty database for a test, connected to; the earlier one stays. */
  async newDatabase(): Promise<string> {
    await this.client?.end();
    this.database = `test${++this.databases}`;
    await createDatabase(this.server, this.database);
    await this.reconnect();
    return this.database;
  }

  /** Connects to the test's database again, after the server was restarted. */
  async reconnect(): Promise<void> {
    this.client = await openClient(this.server.url(this.database));
  }

  async query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
    if (this.client === undefined) {
      throw new Error("newDatabase comes first");
    }
    return (await this.client.query(sql, values)).rows;
  }

  /** The schema of the present database's tables: MariaDB's databases have none. */
  get schema(): string {
    return this.engine === "postgres" ? "public" : this.database;
  }

  /** Endpoints and a task on the present database; the instance is made once. */
  async createTask(name: string, options: TaskOptions = {}): Promise<string> {
    const { dms } = this;
    const source = await dms.send(
      new CreateEndpointCommand({
        EndpointIdentifier: `${name}-source`,
        EndpointType: "source",
        EngineName: this.engine,
        ServerName: this.server.host,
        Port: this.server.port,
        DatabaseName: this.database,
        Username: this.server.user,
        Password: this.server.password,
      }),
    );
    const target = await dms.send(
      new CreateEndpointCommand({
        EndpointIdentifier: `${name}-target`,
        EndpointType: "target",
        EngineName: "dynamodb",
        DynamoDbSettings: { ServiceAccessRoleArn: "arn:aws:iam::000000000000:role/dms" },
      }),
    );
    const task = await dms.send(
      new CreateReplicationTaskCommand({
        ReplicationTaskIdentifier: name,
        SourceEndpointArn: source.Endpoint?.EndpointArn,
        TargetEndpointArn: target.Endpoint?.EndpointArn,
        ReplicationInstanceArn: await this.instance(),
        MigrationType: options.migrationType ?? "full-load-and-cdc",
        TableMappings: options.mappings ?? everythingOf(this.schema),
        ReplicationTaskSettings: JSON.stringify(options.settings ?? SETTINGS),
      }),
    );
    const arn = task.ReplicationTask?.ReplicationTaskArn ?? "";
    await this.waitForTask(arn, "ready");
    return arn;
  }

  /** The replication instance of all tasks. */
  async instance(): Promise<string> {
    if (this.instanceArn === "") {
      const { ReplicationInstance } = await this.dms.send(
        new CreateReplicationInstanceCommand({
          ReplicationInstanceIdentifier: "bench",
          ReplicationInstanceClass: "dms.t3.medium",
        }),
      );
      this.instanceArn = ReplicationInstance?.ReplicationInstanceArn ?? "";
      await poll("the instance to be available", async () => {
        const { ReplicationInstances } = await this.dms.send(new DescribeReplicationInstancesCommand({}));
        return ReplicationInstances?.[0]?.ReplicationInstanceStatus === "available";
      });
    }
    return this.instanceArn;
  }

  async startTask(arn: string, type: StartReplicationTaskTypeValue = "start-replication"): Promise<void> {
    await this.dms.send(
      new StartReplicationTaskCommand({ ReplicationTaskArn: arn, StartReplicationTaskType: type }),
    );
  }

  /** Stops the running task and waits until it is stopped. */
  async stopTask(arn: string): Promise<ReplicationTask> {
    await this.dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn: arn }));
    return this.waitForTask(arn, "stopped");
  }

  /** Loads a task up to its stop before the cached changes, and resumes it. */
  async loadAndResume(arn: string): Promise<void> {
    await this.startTask(arn);
    await this.waitForTask(arn, "stopped");
    await this.startTask(arn, "resume-processing");
    await this.waitForTask(arn, "running");
  }

  async describeTask(arn: string): Promise<ReplicationTask> {
    const { ReplicationTasks } = await this.dms.send(
      new DescribeReplicationTasksCommand({ Filters: [{ Name: "replication-task-arn", Values: [arn] }] }),
    );
    return ReplicationTasks?.[0] ?? {};
  }

  async waitForTask(arn: string, status: string, timeoutMs = 30_000): Promise<ReplicationTask> {
    return poll(
      `the task to be ${status}`,
      async () => {
        const task = await this.describeTask(arn);
        if (task.Status === "failed" && status !== "failed") {
          throw new Error(`the task failed: ${task.LastFailureMessage}`);
        }
        return task.Status === status && task;
      },
      timeoutMs,
    );
  }

  /** A task's tables by name. */
  async statistics(arn: string): Promise<Record<string, TableStatistics>> {
    const { TableStatistics } = await this.dms.send(
      new DescribeTableStatisticsCommand({ ReplicationTaskArn: arn, MaxRecords: 500 }),
    );
    return Object.fromEntries((TableStatistics ?? []).map((table) => [table.TableName ?? "", table]));
  }

  /** Every item of a table, sorted by the given attribute's text. */
  async items(table: string, by = "id"): Promise<PlainItem[]> {
    const items: PlainItem[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.dynamodb.send(
        new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: start }),
      );
      items.push(...(page.Items ?? []).map(plain));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items.sort((a, b) => String(a[by]).localeCompare(String(b[by]), "en", { numeric: true }));
  }

  /** The lines of a task's log. */
  async taskLog(arn: string): Promise<string[]> {
    const { events } = await this.logs.send(
      new GetLogEventsCommand({
        logGroupName: "dms-tasks-bench",
        logStreamName: `dms-task-${arn.split(":").pop()}`,
        startFromHead: true,
      }),
    );
    return (events ?? []).map((event) => event.message ?? "");
  }
}
