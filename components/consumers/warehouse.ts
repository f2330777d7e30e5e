import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tableName } from "../../functions/changeFilter";
import { awsContext } from "../awsContext";
import { checkOneOf, shown } from "../checks";
import { Component, type ComponentArgs, type Transform } from "../component";
import { Faults } from "../faults";
import { type AlarmOptions, alarmArgs, behindMilliseconds, checkAlarms } from "./alarms";
import { checkStream } from "./streamAccess";
import { ClusterWarehouse, type ClusterWarehouseOptions, checkCluster } from "./warehouse/cluster";
import { redshiftTrust, warehousePolicy } from "./warehouse/policy";
import {
  checkServerless,
  ServerlessWarehouse,
  type ServerlessWarehouseOptions,
} from "./warehouse/serverless";
import {
  callIngest,
  changesView,
  DATABASE,
  eventsView,
  externalSchema,
  ingestProcedure,
  rowsView,
  type SourceTable,
  schema,
  viewNames,
} from "./warehouse/sql";
import {
  checkWarehouseNetwork,
  WarehouseNetwork,
  type WarehouseNetworkOptions,
} from "./warehouse/warehouseNetwork";
import type { WarehouseServerArgs } from "./warehouse/warehouseServer";

/** Where the changes are queried in SQL. */
export interface WarehouseArgs extends ComponentArgs {
  /** The change stream's ARN. Its events may have any of the formats, and several at a time. */
  streamArn: pulumi.Input<string>;
  /** The key of the change stream, which also encrypts the warehouse and its administrator's secret. */
  kmsKeyArn: pulumi.Input<string>;
  /**
   * The tables that get views, each as `public.orders`. Changes of all tables come in whatever this says: one that is
   * added later has its views at once, with all that came before. Views of one that is taken away stay.
   */
  tables: readonly string[];
  /** Where the warehouse is. */
  network: WarehouseNetworkOptions;
  /** A workgroup of Redshift Serverless, and its size. Default: this, unless there is a `cluster`. */
  serverless?: ServerlessWarehouseOptions;
  /** A provisioned cluster instead, and its size. */
  cluster?: ClusterWarehouseOptions;
  /**
   * Whether `destroy` leaves what has been gathered, which reaches further back than the stream: of a serverless
   * warehouse the namespace, of a cluster a last snapshot. Default: `retain`, it does.
   */
  dataOnDestroy?: "retain" | "delete";
  /** When an alarm is raised, and who is told. */
  alarms?: AlarmOptions;
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    role?: Transform<aws.iam.RoleArgs>;
    securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
    endpoint?: Transform<aws.ec2.VpcEndpointArgs>;
    namespace?: Transform<aws.redshiftserverless.NamespaceArgs>;
    workgroup?: Transform<aws.redshiftserverless.WorkgroupArgs>;
    cluster?: Transform<aws.redshift.ClusterArgs>;
    parameterGroup?: Transform<aws.redshift.ParameterGroupArgs>;
    subnetGroup?: Transform<aws.redshift.SubnetGroupArgs>;
    alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
  };
}

/**
 * The change stream in Redshift, seconds behind: a materialized view over the stream, and of each table a view of its
 * changes and a view of its rows as they are.
 *
 * ```ts
 * new Warehouse("warehouse", {
 *   streamArn: pipeline.streamArn,
 *   kmsKeyArn: pipeline.kmsKeyArn,
 *   tables: ["public.orders"],
 *   network: { vpcId: "vpc-0abc", subnetIds: ["subnet-a", "subnet-b", "subnet-c"] },
 * });
 * ```
 *
 * Its statements are run by Redshift's Data API, each again where its text has changed. They may be run any number of
 * times: a `refresh` forgets a statement that was run more than a day ago, and the next update runs it again.
 */
export class Warehouse extends Component {
  /** The host name that clients connect to, by TLS. */
  readonly address: pulumi.Output<string>;
  /** The database in which everything is. */
  readonly databaseName = DATABASE;
  /** The ARN of the administrator's secret; Redshift makes the password and changes it every month. */
  readonly secretArn: pulumi.Output<string>;

  private readonly role: aws.iam.Role;
  private readonly network: WarehouseNetwork;
  private readonly server: ServerlessWarehouse | ClusterWarehouse;
  private readonly statements: aws.redshiftdata.Statement[];
  private readonly alarm: aws.cloudwatch.MetricAlarm;

  constructor(name: string, args: WarehouseArgs, opts?: pulumi.ComponentResourceOptions) {
    checkWarehouse(args).throwIfAny(`warehouse "${name}"`);
    super("Warehouse", name, { tables: args.tables }, args.tags, opts);
    const { transform = {} } = args;

    this.role = new aws.iam.Role(
      ...this.tagged<aws.iam.RoleArgs>(
        name,
        {
          description: `rowstream: reads the change stream for the warehouse ${name}`,
          assumeRolePolicy: redshiftTrust(),
        },
        transform.role,
      ),
    );
    const policy = this.createPolicy(name, args);
    this.network = new WarehouseNetwork(
      name,
      {
        ...args.network,
        tags: args.tags,
        transform: { securityGroup: transform.securityGroup, endpoint: transform.endpoint },
      },
      { parent: this },
    );
    this.server = this.createServer(name, args);
    this.statements = this.createStatements(name, args, policy);
    this.alarm = this.createAlarm(name, args);

    this.address = this.server.address;
    this.secretArn = this.server.secretArn;
    this.registerOutputs({ address: this.address, secretArn: this.secretArn });
  }

  /** The resources underneath. */
  get nodes() {
    return {
      role: this.role,
      network: this.network,
      server: this.server,
      statements: this.statements,
      alarm: this.alarm,
    };
  }

  private createPolicy(name: string, args: WarehouseArgs): aws.iam.RolePolicy {
    const { region } = awsContext(this);
    const policy = pulumi
      .output({ region, streamArn: args.streamArn, kmsKeyArn: args.kmsKeyArn })
      .apply(warehousePolicy);
    return new aws.iam.RolePolicy(
      ...this.child<aws.iam.RolePolicyArgs>(name, { role: this.role.name, policy }),
    );
  }

  private createServer(name: string, args: WarehouseArgs): ServerlessWarehouse | ClusterWarehouse {
    const { cluster, serverless = {}, transform = {} } = args;
    const common: WarehouseServerArgs = {
      kmsKeyArn: args.kmsKeyArn,
      roleArn: this.role.arn,
      subnetIds: args.network.subnetIds,
      securityGroupIds: this.network.securityGroupIds,
      retain: args.dataOnDestroy !== "delete",
      tags: args.tags,
    };
    const child = { parent: this };
    if (cluster === undefined) {
      const { namespace, workgroup } = transform;
      return new ServerlessWarehouse(
        name,
        { ...common, size: serverless, transform: { namespace, workgroup } },
        child,
      );
    }
    const { parameterGroup, subnetGroup } = transform;
    return new ClusterWarehouse(
      name,
      { ...common, size: cluster, transform: { cluster: transform.cluster, parameterGroup, subnetGroup } },
      child,
    );
  }

  /** The statements, each after what it needs. */
  private createStatements(
    name: string,
    args: WarehouseArgs,
    policy: aws.iam.RolePolicy,
  ): aws.redshiftdata.Statement[] {
    const statements: aws.redshiftdata.Statement[] = [];
    const run = (what: string, sql: pulumi.Input<string>, ...after: pulumi.Resource[]) => {
      const statement = new aws.redshiftdata.Statement(
        ...this.child<aws.redshiftdata.StatementArgs>(
          `${name}-${what}`,
          { ...this.server.target, database: DATABASE, sql },
          undefined,
          { dependsOn: [this.server, ...after] },
        ),
      );
      statements.push(statement);
      return statement;
    };

    const streams = run("streams", this.role.arn.apply(externalSchema), policy);
    const views = run("schema", schema);
    const procedure = run("ingest-procedure", streamName(args).apply(ingestProcedure), views);
    const ingest = run("ingest", callIngest, streams, procedure);
    const events = run("events", eventsView(), ingest);
    for (const table of args.tables.map(sourceTable)) {
      const names = viewNames(table);
      run(names.changes, changesView(names, table), events);
      run(names.rows, rowsView(names, table), events);
    }
    return statements;
  }

  /** Redshift has no metric of how far it is behind; the stream has one of whoever reads it and is the furthest. */
  private createAlarm(name: string, args: WarehouseArgs): aws.cloudwatch.MetricAlarm {
    const rule = {
      alarmDescription:
        "a reader of the change stream falls behind, the warehouse or another one: ask SYS_MV_REFRESH_HISTORY and SYS_STREAM_SCAN_ERRORS",
      namespace: "AWS/Kinesis",
      metricName: "GetRecords.IteratorAgeMilliseconds",
      dimensions: { StreamName: streamName(args) },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 5,
      threshold: behindMilliseconds(args.alarms),
    };
    return new aws.cloudwatch.MetricAlarm(
      ...this.tagged(`${name}-behind`, alarmArgs(rule, args.alarms), args.transform?.alarm),
    );
  }
}

function streamName({ streamArn }: WarehouseArgs): pulumi.Output<string> {
  return pulumi.output(streamArn).apply((arn) => arn.slice(arn.indexOf("/") + 1));
}

/** @param name as `public.orders`; the schema ends at the first dot */
function sourceTable(name: string): SourceTable {
  const { schema: inSchema = "", table } = tableName(name);
  return { schema: inSchema, table };
}

/** Redshift takes no longer names, in bytes; a view's is as many as its characters. */
const MAX_NAME = 127;

function checkWarehouse(args: WarehouseArgs): Faults {
  const faults = new Faults();
  checkStream(faults, args);
  checkTables(faults, args.tables ?? []);
  faults.addAll(checkWarehouseNetwork(args.network, args.cluster === undefined ? 3 : 1));
  if (args.cluster !== undefined && args.serverless !== undefined) {
    faults.add("cluster", "is given with serverless; give one of them");
  }
  if (args.serverless) checkServerless(faults, args.serverless);
  if (args.cluster) checkCluster(faults, args.cluster);
  checkOneOf(faults, "dataOnDestroy", args.dataOnDestroy, ["retain", "delete"]);
  checkAlarms(faults, args.alarms);
  return faults;
}

function checkTables(faults: Faults, tables: readonly string[]): void {
  if (tables.length === 0) faults.add("tables", "is empty; name the tables that get views");
  const taken = new Map<string, string>();
  tables.forEach((name, index) => {
    const path = `tables[${index}]`;
    if (!/^[^.]+\../.test(name)) {
      faults.add(path, `${shown(name)} is not a schema and a table; give it as "public.orders"`);
      return;
    }
    const views = viewNames(sourceTable(name));
    if (views.changes.length > MAX_NAME) {
      faults.add(
        path,
        `${shown(name)} makes a view of more than ${MAX_NAME} characters; Redshift takes no longer names`,
      );
    }
    for (const view of [views.rows, views.changes]) {
      const owner = taken.get(view);
      if (owner !== undefined) {
        faults.add(path, `${shown(name)} makes the view ${view}, as ${owner} does; leave one of them out`);
      }
      taken.set(view, shown(name));
    }
  });
}
