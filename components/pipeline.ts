import * as pulumi from "@pulumi/pulumi";
import type { ChangeEvent } from "../functions/changeEvent";
import type { OnChange } from "../functions/handleChanges";
import type { HashKeyPlace } from "../functions/hashKey";
import { awsContext } from "./awsContext";
import { ChangeStream, type ChangeStreamArgs, checkChangeStream } from "./changeStream";
import { arnPattern, checkMatch, checkOneOf } from "./checks";
import { Component, type ComponentArgs } from "./component";
import { ChangeHandler, type ChangeHandlerOptions } from "./consumers/changeHandler";
import { EncryptionKey, type EncryptionKeyArgs } from "./encryptionKey";
import { checkFanIn, FanIn, type FanInOptions } from "./fanIn";
import { checkEvents } from "./fanIn/checkEvents";
import type { EventOptions } from "./fanIn/events";
import { Faults } from "./faults";
import { checkHeartbeatCode, Heartbeat, type HeartbeatTransform } from "./heartbeat";
import {
  checkHeartbeat,
  type HeartbeatOptions,
  resolveHeartbeat,
  withHeartbeatTable,
} from "./heartbeat/options";
import { LoadProgress } from "./loadProgress";
import { checkMonitoring, Monitoring, type MonitoringOptions } from "./monitoring";
import { checkNetwork, Network, type NetworkArgs } from "./network";
import type { ReplicatedTable } from "./replicatedTable";
import { checkReplicationOptions, Replication, type ReplicationOptions } from "./replication";
import { checkSource, resolveSource, type SourceArgs } from "./replication/source";
import { checkTableSelection, type TableSelection } from "./replication/tableMappings";
import { checkTableFeed, TableFeed, type TableFeedOptions } from "./tableFeed";

/** A whole pipeline: from a SQL database to one stream of its row changes. */
export interface PipelineArgs extends ComponentArgs {
  /** The source database. */
  source: SourceArgs;
  /** Which tables are replicated, and under which keys. */
  tables: TableSelection;
  /** Where DMS runs. Default: a new VPC without a way to the internet. */
  network?: Omit<NetworkArgs, "tags">;
  /** DMS's size and roles. Default: one instance. */
  replication?: ReplicationOptions;
  /** The change stream. Default: on demand, a week's retention. */
  stream?: Omit<ChangeStreamArgs, "tags" | "kmsKeyArn">;
  /** What the events on the change stream are like. Default: every change of every table, as a change event. */
  events?: EventOptions;
  /** The fan-in's Lambda. */
  fanIn?: Omit<FanInOptions, "tags">;
  /** What all tables have in common: capacity, mapping, transforms. */
  tableFeed?: Omit<TableFeedOptions, "tags">;
  /**
   * The dashboard and the alarms, see `Monitoring`; `false` for none. Default: they are made, and tell a topic that
   * nobody is subscribed to yet. They cost about 3 to 6 USD a month.
   */
  monitoring?: false | Omit<MonitoringOptions, "tags">;
  /**
   * A row that is written to the source at an interval, to measure how long a change takes to its event and to have
   * something to confirm while the source rests, see `Heartbeat`. Its table is replicated as any other, whether the
   * patterns of `tables` and `events.tables` select it or not. Default: none, nothing is written to the source.
   */
  heartbeat?: HeartbeatOptions & { transform?: HeartbeatTransform };
  /**
   * The tables that DMS made, to be adopted and fed into the stream (the second pass). Default: none (the first
   * pass, which lets DMS make them).
   */
  replicatedTables?: readonly ReplicatedTable[];
  /**
   * Whether the rows that are in a table before its stream is on become events: `events` publishes each once, with
   * `op: "load"`, ahead of every change; `none` publishes changes only. The driver does the publishing; here it gets
   * the place to keep its progress. Default: `none`.
   */
  initialLoad?: "none" | "events";
  /**
   * What happens to a table that leaves the program, and to all of them when the stack is destroyed: `retain` leaves
   * them, with their data and protected against deletion, leaves the key that they are encrypted with, and stops at a
   * failure bucket that is not empty; `delete` deletes all three. Default: `retain`.
   */
  tablesOnDestroy?: "retain" | "delete";
  /**
   * A customer-managed key of the user's own for everything that is encrypted; its policy must grant what
   * `keyPolicy` of ./encryptionKey grants. Default: a key is made, with yearly rotation.
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** Changes to the key that is made. */
  transform?: EncryptionKeyArgs["transform"];
}

/** What the driver needs of the heartbeat, beside the pipeline's other outputs. */
export interface HeartbeatPlace {
  /** The function that writes it. */
  functionName: string;
  /** The schema of its table in the source. */
  schema: string;
  /** Its table in the source. */
  table: string;
  /** How often it is written, in minutes. */
  intervalMinutes: number;
}

/** What the publishing of initial rows needs, beside the pipeline's other outputs. */
export interface InitialLoadPlace {
  /** The DynamoDB table that keeps the progress. */
  progressTable: string;
  /** The largest record of the change stream, in KiB. */
  maxRecordKib: number;
}

/**
 * The pipeline that most users need, in the order in which the data flows.
 *
 * ```ts
 * const pipeline = new Pipeline("shop", {
 *   source: { name: "shop", engine: "postgres", host, database: "shop", username: "dms", password },
 *   tables: { include: ["public.%"], keys: { "public.order_lines": ["order_id", "line_no"] } },
 * });
 * export const streamName = pipeline.streamName;
 * ```
 */
export class Pipeline extends Component {
  /** The name of the change stream. */
  readonly streamName: pulumi.Output<string>;
  /** The ARN of the change stream. */
  readonly streamArn: pulumi.Output<string>;
  /** The name of the fan-in's function. */
  readonly fanInName: pulumi.Output<string>;
  /** The name of the bucket for what could not be published. */
  readonly failureBucketName: pulumi.Output<string>;
  /** The names of the adopted tables, sorted; resolves when they are adopted. */
  readonly tableNames: pulumi.Output<string[]>;
  /** The adopted tables; resolves when their feeds are in place, so that no stack remembers a table without one. */
  readonly tables: pulumi.Output<ReplicatedTable[]>;
  /** The ARN of each adopted table's stream, by the table's name in DynamoDB. */
  readonly tableStreamArns: pulumi.Output<Record<string, string>>;
  /** What the fan-in knows of the tables and their events, see {@link FanIn.sources}. */
  readonly eventSources: string;
  /** Where the key of hashed columns is; undefined where none is hashed. */
  readonly hashKey: pulumi.Output<HashKeyPlace> | undefined;
  /** What the driver needs to publish initial rows; undefined unless they are wanted. */
  readonly initialLoad: pulumi.Output<InitialLoadPlace> | undefined;
  /** What the driver needs of the heartbeat; undefined where there is none. */
  readonly heartbeat: pulumi.Output<HeartbeatPlace> | undefined;
  /** The SNS topic that alarms tell; undefined where nothing is monitored. */
  readonly alarmTopicArn: pulumi.Output<string> | undefined;
  /** The name of the function that looks at what no metric says; undefined where nothing is monitored. */
  readonly inspectorName: pulumi.Output<string> | undefined;
  /** The name of the dashboard; undefined where nothing is monitored. */
  readonly dashboardName: pulumi.Output<string> | undefined;
  /** The DynamoDB name of each table with explicit keys, by `schema.table`. */
  readonly targetNames: Record<string, string>;
  /** What `destroy` does to the tables. */
  readonly tablesOnDestroy: "retain" | "delete";
  /** The region of the pipeline. */
  readonly region: pulumi.Output<string>;
  /** The key that encrypts everything. */
  readonly kmsKeyArn: pulumi.Output<string>;

  private readonly key: EncryptionKey | undefined;
  private readonly network: Network;
  private readonly replication: Replication;
  private readonly changeStream: ChangeStream;
  private readonly eventFormat: EventOptions["format"];
  private readonly fanIn: FanIn;
  private readonly feeds: TableFeed[];
  private readonly loadProgress: LoadProgress | undefined;
  private readonly heartbeatPart: Heartbeat | undefined;
  private readonly monitoring: Monitoring | undefined;

  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    checkPipeline(args).throwIfAny(`pipeline "${name}"`);
    const tablesOnDestroy = args.tablesOnDestroy ?? "retain";
    super(
      "Pipeline",
      name,
      { source: args.source.name, tables: args.tables, tablesOnDestroy },
      args.tags,
      opts,
    );
    const child = { parent: this };
    const { tags } = args;
    const source = resolveSource(args.source);
    const replicatedTables = byName(args.replicatedTables ?? []);
    const heartbeat = args.heartbeat && resolveHeartbeat(args.heartbeat, args.source);
    const tables = heartbeat ? withHeartbeatTable(args.tables, heartbeat) : args.tables;

    this.key =
      args.kmsKeyArn === undefined
        ? new EncryptionKey(name, { tags, transform: args.transform, onDestroy: tablesOnDestroy }, child)
        : undefined;
    this.kmsKeyArn = this.key ? this.key.arn : pulumi.output(args.kmsKeyArn ?? "");
    const kmsKeyArn = this.kmsKeyArn;

    this.network = new Network(
      name,
      {
        ...args.network,
        sourcePort: source.port,
        usesSecret: source.secretArn !== undefined || heartbeat !== undefined,
        tags,
      },
      child,
    );
    this.replication = new Replication(
      name,
      {
        ...args.replication,
        source: args.source,
        tables,
        subnetIds: this.network.subnetIds,
        securityGroupIds: this.network.securityGroupIds,
        kmsKeyArn,
        tags,
      },
      child,
    );
    this.eventFormat = args.events?.format;
    this.changeStream = new ChangeStream(name, { ...args.stream, kmsKeyArn, tags }, child);
    this.fanIn = new FanIn(
      `${name}-fan-in`,
      {
        ...args.fanIn,
        source: { name: source.name, engine: source.engine },
        replicatedTables,
        events: args.events,
        keys: args.tables.keys,
        heartbeat,
        streamName: this.changeStream.name,
        streamArn: this.changeStream.arn,
        maxRecordKib: this.changeStream.maxRecordKib,
        kmsKeyArn,
        failuresOnDestroy: tablesOnDestroy,
        tags,
      },
      child,
    );
    this.feeds = replicatedTables.map(
      (table) =>
        new TableFeed(
          `${name}-${table.tableName}`,
          {
            ...args.tableFeed,
            table,
            onDestroy: tablesOnDestroy,
            functionArn: this.fanIn.functionArn,
            access: this.fanIn.access,
            failureBucketArn: this.fanIn.failureBucketArn,
            kmsKeyArn,
            tags,
          },
          child,
        ),
    );
    this.loadProgress =
      args.initialLoad === "events"
        ? new LoadProgress(`${name}-load-progress`, { kmsKeyArn, tags }, child)
        : undefined;
    this.heartbeatPart = args.heartbeat && this.createHeartbeat(name, args, args.heartbeat);
    this.monitoring =
      args.monitoring === false
        ? undefined
        : new Monitoring(
            name,
            {
              ...args.monitoring,
              streamName: this.changeStream.name,
              fanInName: this.fanIn.functionName,
              failureBucketName: this.fanIn.failureBucketName,
              failureBucketArn: this.fanIn.failureBucketArn,
              replication: this.replication.watched,
              replicatedTables,
              heartbeatMinutes: heartbeat?.intervalMinutes,
              kmsKeyArn,
              tags,
            },
            child,
          );

    this.streamName = this.changeStream.name;
    this.streamArn = this.changeStream.arn;
    this.fanInName = this.fanIn.functionName;
    this.failureBucketName = this.fanIn.failureBucketName;
    this.tableNames = pulumi.all(this.feeds.map((feed) => feed.tableName));
    this.tables = pulumi.all(this.feeds.map((feed) => feed.nodes.mapping.id)).apply(() => replicatedTables);
    this.tableStreamArns = pulumi
      .all(this.feeds.map((feed) => pulumi.all([feed.tableName, feed.streamArn])))
      .apply((entries) => Object.fromEntries(entries));
    this.eventSources = this.fanIn.sources;
    this.hashKey = this.fanIn.hashKey;
    this.initialLoad =
      this.loadProgress &&
      pulumi.output({
        progressTable: this.loadProgress.tableName,
        maxRecordKib: this.changeStream.maxRecordKib,
      });
    this.heartbeat =
      this.heartbeatPart &&
      heartbeat &&
      pulumi.output({ functionName: this.heartbeatPart.functionName, ...heartbeat });
    this.alarmTopicArn = this.monitoring?.topicArn;
    this.inspectorName = this.monitoring?.inspectorName;
    this.dashboardName = this.monitoring?.dashboardName;
    this.targetNames = this.replication.targetNames;
    this.tablesOnDestroy = tablesOnDestroy;
    this.region = awsContext(this).region;
    this.registerOutputs({
      streamName: this.streamName,
      streamArn: this.streamArn,
      fanInName: this.fanInName,
      failureBucketName: this.failureBucketName,
      tableNames: this.tableNames,
    });
  }

  private createHeartbeat(
    name: string,
    args: PipelineArgs,
    options: NonNullable<PipelineArgs["heartbeat"]>,
  ): Heartbeat {
    return new Heartbeat(
      `${name}-heartbeat`,
      {
        ...options,
        source: args.source,
        subnetIds: this.network.subnetIds,
        securityGroupIds: this.network.securityGroupIds,
        kmsKeyArn: this.kmsKeyArn,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  /**
   * Calls a function for each change that the options ask for, see `ChangeHandler`:
   *
   * ```ts
   * pipeline.onChange("notify", { tables: ["orders"], ops: ["update"] }, async (event: ChangeEvent<Order>) => {
   *   console.log(event.old?.status, "->", event.new?.status);
   * });
   * ```
   *
   * @param name the handler's name in the stack, its identity there
   * @param options which changes, and how they are handled; `{}` for all of them
   */
  onChange<Event extends object = ChangeEvent>(
    name: string,
    options: Omit<ChangeHandlerOptions, "streamArn" | "kmsKeyArn" | "oversizeBucketArn" | "format">,
    onChange: OnChange<Event>,
  ): ChangeHandler<Event> {
    return new ChangeHandler<Event>(
      name,
      {
        failuresOnDestroy: this.tablesOnDestroy,
        tags: this.commonTags,
        ...options,
        onChange,
        streamArn: this.streamArn,
        kmsKeyArn: this.kmsKeyArn,
        oversizeBucketArn: this.fanIn.failureBucketArn,
        format: this.eventFormat,
      },
      { parent: this },
    );
  }

  /**
   * The components underneath, each with `nodes` of its own; the key is absent when the user brought one, the load's
   * progress unless initial rows are published, the heartbeat where there is none, the monitoring where it is turned off.
   */
  get nodes() {
    return {
      key: this.key,
      network: this.network,
      replication: this.replication,
      changeStream: this.changeStream,
      fanIn: this.fanIn,
      feeds: this.feeds,
      loadProgress: this.loadProgress,
      heartbeat: this.heartbeatPart,
      monitoring: this.monitoring,
    };
  }
}

/** Checks everything that the pipeline is given, its components' arguments among it, before any is registered. */
export function checkPipeline(args: PipelineArgs): Faults {
  const faults = new Faults();
  faults.addAll(checkSource(args.source, "source"));
  checkTableSelection(faults, "tables", args.tables);
  faults.addAll(checkReplicationOptions(args.replication ?? {}, args.source, "replication"));
  faults.addAll(checkNetwork({ ...args.network, sourcePort: 1, usesSecret: false }, "network"));
  faults.addAll(checkChangeStream(args.stream ?? {}, "stream"));
  faults.addAll(checkFanIn(args.fanIn ?? {}, "fanIn"));
  const { replicatedTables = [], tables } = args;
  faults.addAll(checkEvents(args.events ?? {}, { replicatedTables, keys: tables?.keys ?? {} }, "events"));
  faults.addAll(checkTableFeed(args.tableFeed ?? {}, "tableFeed"));
  if (args.monitoring !== false) faults.addAll(checkMonitoring(args.monitoring ?? {}, "monitoring"));
  if (args.heartbeat !== undefined) {
    const { source, events } = args;
    faults.addAll(checkHeartbeat(args.heartbeat, { source, tables, events }, "heartbeat"));
    faults.addAll(checkHeartbeatCode(source, "heartbeat"));
  }
  checkOneOf(faults, "initialLoad", args.initialLoad, ["none", "events"]);
  checkOneOf(faults, "tablesOnDestroy", args.tablesOnDestroy, ["retain", "delete"]);
  checkMatch(faults, "kmsKeyArn", args.kmsKeyArn, arnPattern("kms"), "the ARN of a KMS key");
  checkTables(faults, args.replicatedTables ?? []);
  return faults;
}

/** Two feeds of one table would fight over it; DynamoDB's names are the identity of the feeds. */
function checkTables(faults: Faults, tables: readonly ReplicatedTable[]): void {
  const seen = new Set<string>();
  tables.forEach(({ tableName }, index) => {
    if (seen.has(tableName)) {
      faults.add(
        `replicatedTables[${index}]`,
        `"${tableName}" is given twice; give each DynamoDB table once`,
      );
    }
    seen.add(tableName);
  });
}

/** Sorted, so that the order in which tables were discovered shows as no change. */
function byName(tables: readonly ReplicatedTable[]): ReplicatedTable[] {
  return [...tables].sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
}
