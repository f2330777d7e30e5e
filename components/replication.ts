import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AccountRoles } from "./accountRoles";
import { type AwsContext, awsContext } from "./awsContext";
import { checkOneOf } from "./checks";
import { Component, type ComponentArgs, type Transform } from "./component";
import { Faults } from "./faults";
import type { WatchedReplication } from "./monitoring/metrics";
import { dmsIdentifier } from "./naming";
import { trustPolicy } from "./policyDocument";
import { endpointSettings } from "./replication/endpointSettings";
import { secretPolicy, targetPolicy } from "./replication/policies";
import {
  checkInstanceSize,
  checkServerlessSize,
  DEFAULT_INSTANCE,
  type InstanceSize,
  type ServerlessSize,
} from "./replication/sizing";
import { checkSource, resolveSource, type SourceArgs } from "./replication/source";
import {
  checkTableSelection,
  type TableSelection,
  tableMappings,
  targetNames,
} from "./replication/tableMappings";
import { taskSettings } from "./replication/taskSettings";

/** How long DMS's log lines are kept unless the user says otherwise, in days. */
const LOG_RETENTION_DAYS = 30;

/** The replication's size and roles: what users may choose of it. */
export interface ReplicationOptions {
  /** A replication instance. Not with `serverless`. Default: one instance of the default size. */
  instance?: InstanceSize;
  /** DMS Serverless in a range of capacity. Not with `instance`. */
  serverless?: ServerlessSize;
  /**
   * DMS needs two roles with fixed names, once in an account: `dms-vpc-role` and `dms-cloudwatch-logs-role`. `create`
   * makes those that are missing, and leaves them when the stack is destroyed, because other replications may use
   * them; `reuse` relies on them and makes none. Default: `create`.
   */
  accountRoles?: "create" | "reuse";
  /**
   * Which of the two roles the account has, as `existingAccountRoles` of ./accountRoles tells; those are adopted
   * instead of created. Default: none, which fails in an account that has used DMS before.
   */
  existingAccountRoles?: readonly string[];
  /** The role with which DMS writes to DynamoDB. Default: one is made with no more rights than that takes. */
  targetRoleArn?: pulumi.Input<string>;
  /** The role with which DMS reads the source's secret. Default: one is made for that secret alone. */
  secretRoleArn?: pulumi.Input<string>;
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    sourceEndpoint?: Transform<aws.dms.EndpointArgs>;
    targetEndpoint?: Transform<aws.dms.EndpointArgs>;
    targetRole?: Transform<aws.iam.RoleArgs>;
    secretRole?: Transform<aws.iam.RoleArgs>;
    subnetGroup?: Transform<aws.dms.ReplicationSubnetGroupArgs>;
    instance?: Transform<aws.dms.ReplicationInstanceArgs>;
    task?: Transform<aws.dms.ReplicationTaskArgs>;
    config?: Transform<aws.dms.ReplicationConfigArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
  };
}

/** DMS: from the source to one DynamoDB table for each SQL table. */
export interface ReplicationArgs extends ReplicationOptions, ComponentArgs {
  /** The source database. */
  source: SourceArgs;
  /** Which tables are replicated, and under which keys. */
  tables: TableSelection;
  /** At least two subnets, in two availability zones. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The security groups of the replication. */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The key that encrypts the instance's storage, the endpoints' credentials, the logs and the tables. */
  kmsKeyArn: pulumi.Input<string>;
}

/** What both ways of running a replication are given. */
interface Running {
  name: string;
  args: ReplicationArgs;
  mappings: string;
  settings: string;
  subnetGroupId: pulumi.Output<string>;
}

/**
 * The replication: endpoints, roles, an instance with a task or a serverless configuration. The task is created and
 * NOT started: it stops by itself after the load, before the first change, which Pulumi's own start takes for a
 * failure; whoever drives the two passes starts it.
 *
 * The instance is never publicly accessible (DMS's own default is that it is).
 */
export class Replication extends Component {
  /** The ARN of the source's endpoint. */
  readonly sourceEndpointArn: pulumi.Output<string>;
  /** The ARN of the DynamoDB endpoint. */
  readonly targetEndpointArn: pulumi.Output<string>;
  /** The ARN of the task; undefined with `serverless`. */
  readonly taskArn: pulumi.Output<string> | undefined;
  /** The ARN of the instance; undefined with `serverless`. */
  readonly instanceArn: pulumi.Output<string> | undefined;
  /** The ARN of the serverless configuration; undefined with an instance. */
  readonly configArn: pulumi.Output<string> | undefined;
  /** By what DMS's metrics tell the replication. */
  readonly watched: WatchedReplication;
  /** The ARN of the role in which DMS makes and writes the tables. */
  readonly targetRoleArn: pulumi.Output<string>;
  /** The CloudWatch log group that DMS writes to. */
  readonly logGroupName: pulumi.Output<string>;
  /** The DynamoDB name of each table with explicit keys, by `schema.table`. */
  readonly targetNames: Record<string, string>;

  private readonly sourceEndpoint: aws.dms.Endpoint;
  private readonly targetEndpoint: aws.dms.Endpoint;
  private readonly targetRole: aws.iam.Role | undefined;
  private readonly secretRole: aws.iam.Role | undefined;
  private readonly subnetGroup: aws.dms.ReplicationSubnetGroup;
  private readonly instance: aws.dms.ReplicationInstance | undefined;
  private readonly task: aws.dms.ReplicationTask | undefined;
  private readonly config: aws.dms.ReplicationConfig | undefined;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  /** An endpoint is of no use before its role may do anything. */
  private readonly rolePolicies: aws.iam.RolePolicy[] = [];

  constructor(name: string, args: ReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkReplication(args).throwIfAny(`replication "${name}"`);
    super("Replication", name, { engine: args.source.engine, serverless: args.serverless }, args.tags, opts);
    const context = awsContext(this);

    const roles = args.accountRoles === "reuse" ? [] : [this.createAccountRoles(name, args)];
    this.secretRole = this.createSecretRole(name, args, context);
    this.sourceEndpoint = this.createSourceEndpoint(name, args);
    this.targetRole =
      args.targetRoleArn === undefined ? this.createTargetRole(name, args, context) : undefined;
    this.targetRoleArn = this.targetRole ? this.targetRole.arn : pulumi.output(args.targetRoleArn ?? "");
    this.targetEndpoint = this.createTargetEndpoint(name, args);
    this.subnetGroup = this.createSubnetGroup(name, args, roles);

    const running: Running = {
      name,
      args,
      mappings: JSON.stringify(tableMappings(args.tables)),
      settings: JSON.stringify(taskSettings()),
      subnetGroupId: this.subnetGroup.id,
    };
    this.logGroup = this.createLogGroup(running);
    if (args.serverless) {
      this.config = this.createConfig(running, args.serverless);
    } else {
      this.instance = this.createInstance(running, args.instance ?? {});
      this.task = this.createTask(running, this.instance);
    }

    this.sourceEndpointArn = this.sourceEndpoint.endpointArn;
    this.targetEndpointArn = this.targetEndpoint.endpointArn;
    this.taskArn = this.task?.replicationTaskArn;
    this.instanceArn = this.instance?.replicationInstanceArn;
    this.configArn = this.config?.arn;
    this.watched = watchedReplication(this.instance, this.task, this.config);
    this.logGroupName = this.logGroup.name;
    this.targetNames = targetNames(args.tables);
    this.registerOutputs({
      sourceEndpointArn: this.sourceEndpointArn,
      targetEndpointArn: this.targetEndpointArn,
      taskArn: this.taskArn,
      instanceArn: this.instanceArn,
      configArn: this.configArn,
      logGroupName: this.logGroupName,
      targetNames: this.targetNames,
    });
  }

  /** The resources underneath; those that the user brought, or did not choose, are absent. */
  get nodes() {
    return {
      sourceEndpoint: this.sourceEndpoint,
      targetEndpoint: this.targetEndpoint,
      targetRole: this.targetRole,
      secretRole: this.secretRole,
      subnetGroup: this.subnetGroup,
      instance: this.instance,
      task: this.task,
      config: this.config,
      logGroup: this.logGroup,
    };
  }

  private createAccountRoles(name: string, args: ReplicationArgs): AccountRoles {
    return new AccountRoles(
      `${name}-account-roles`,
      { existing: args.existingAccountRoles, tags: args.tags },
      { parent: this },
    );
  }

  private createSecretRole(
    name: string,
    args: ReplicationArgs,
    { region }: AwsContext,
  ): aws.iam.Role | undefined {
    const { secretArn } = args.source;
    if (secretArn === undefined || args.secretRoleArn !== undefined) return undefined;
    const roleArgs: aws.iam.RoleArgs = {
      description: "rowstream: DMS reads the credentials of the source database",
      // Secrets Manager's role is assumed by DMS's principal of the region, unlike the other roles.
      assumeRolePolicy: region.apply((here) => trustPolicy(`dms.${here}.amazonaws.com`)),
    };
    const role = new aws.iam.Role(...this.tagged(`${name}-secret`, roleArgs, args.transform?.secretRole));
    const policy = pulumi
      .all([region, secretArn])
      .apply(([here, secret]) => secretPolicy({ region: here, secretArn: secret }));
    this.rolePolicies.push(
      new aws.iam.RolePolicy(
        ...this.child<aws.iam.RolePolicyArgs>(`${name}-secret`, { role: role.name, policy }),
      ),
    );
    return role;
  }

  private createTargetRole(name: string, args: ReplicationArgs, context: AwsContext): aws.iam.Role {
    const roleArgs: aws.iam.RoleArgs = {
      description: "rowstream: DMS writes the replicated tables",
      assumeRolePolicy: context.accountId.apply((account) => trustPolicy("dms.amazonaws.com", account)),
    };
    const role = new aws.iam.Role(...this.tagged(`${name}-target`, roleArgs, args.transform?.targetRole));
    const policy = pulumi
      .all([context.partition, context.region, context.accountId, args.kmsKeyArn])
      .apply(([partition, region, accountId, kmsKeyArn]) =>
        targetPolicy({ partition, region, accountId, kmsKeyArn }),
      );
    this.rolePolicies.push(
      new aws.iam.RolePolicy(
        ...this.child<aws.iam.RolePolicyArgs>(`${name}-target`, { role: role.name, policy }),
      ),
    );
    return role;
  }

  private createSourceEndpoint(name: string, args: ReplicationArgs): aws.dms.Endpoint {
    const source = resolveSource(args.source);
    const endpointArgs: aws.dms.EndpointArgs = {
      endpointId: this.identifier(`${name}-source`),
      endpointType: "source",
      engineName: source.engine,
      sslMode: source.sslMode,
      databaseName: source.database,
      certificateArn: source.certificateArn,
      kmsKeyArn: args.kmsKeyArn,
      // A running task holds its endpoints: a change of one pauses it, and lets it go on afterwards.
      pauseReplicationTasks: true,
      ...endpointSettings(source.engine, source.settings),
      ...(source.secretArn === undefined
        ? {
            serverName: source.host,
            port: source.port,
            username: source.username,
            password: source.password,
          }
        : {
            secretsManagerArn: source.secretArn,
            secretsManagerAccessRoleArn: args.secretRoleArn ?? this.secretRole?.arn,
          }),
    };
    return new aws.dms.Endpoint(
      ...this.tagged(`${name}-source`, endpointArgs, args.transform?.sourceEndpoint, {
        dependsOn: [...this.rolePolicies],
        deleteBeforeReplace: true,
      }),
    );
  }

  private createTargetEndpoint(name: string, args: ReplicationArgs): aws.dms.Endpoint {
    const endpointArgs: aws.dms.EndpointArgs = {
      endpointId: this.identifier(`${name}-target`),
      endpointType: "target",
      engineName: "dynamodb",
      serviceAccessRole: this.targetRoleArn,
      kmsKeyArn: args.kmsKeyArn,
      pauseReplicationTasks: true,
    };
    return new aws.dms.Endpoint(
      ...this.tagged(`${name}-target`, endpointArgs, args.transform?.targetEndpoint, {
        dependsOn: [...this.rolePolicies],
        deleteBeforeReplace: true,
      }),
    );
  }

  private createSubnetGroup(
    name: string,
    args: ReplicationArgs,
    roles: pulumi.Resource[],
  ): aws.dms.ReplicationSubnetGroup {
    const groupArgs: aws.dms.ReplicationSubnetGroupArgs = {
      replicationSubnetGroupId: this.identifier(name, 255),
      replicationSubnetGroupDescription: "rowstream: where the DMS replication runs",
      subnetIds: args.subnetIds,
    };
    return new aws.dms.ReplicationSubnetGroup(
      // DMS needs its VPC role first for the subnet group, and says so badly when it is missing.
      ...this.tagged(`${name}-subnets`, groupArgs, args.transform?.subnetGroup, {
        dependsOn: roles,
        deleteBeforeReplace: true,
      }),
    );
  }

  /** The group is made before DMS would make it itself, for ever and unencrypted by the user's key. */
  private createLogGroup({ name, args }: Running): aws.cloudwatch.LogGroup {
    const groupName = args.serverless
      ? `dms-serverless-replication-${this.resourceIdentifier(name)}`
      : `dms-tasks-${this.identifier(name)}`;
    const groupArgs: aws.cloudwatch.LogGroupArgs = {
      name: groupName,
      retentionInDays: LOG_RETENTION_DAYS,
      kmsKeyId: args.kmsKeyArn,
    };
    return new aws.cloudwatch.LogGroup(...this.tagged(`${name}-logs`, groupArgs, args.transform?.logGroup));
  }

  private createInstance(
    { name, args, subnetGroupId }: Running,
    size: InstanceSize,
  ): aws.dms.ReplicationInstance {
    const instanceArgs: aws.dms.ReplicationInstanceArgs = {
      replicationInstanceId: this.identifier(name),
      replicationInstanceClass: size.class ?? DEFAULT_INSTANCE.class,
      allocatedStorage: size.storageGib ?? DEFAULT_INSTANCE.storageGib,
      multiAz: size.multiAz ?? DEFAULT_INSTANCE.multiAz,
      engineVersion: size.engineVersion,
      // A version that the user pinned stays; otherwise AWS's patches are taken.
      autoMinorVersionUpgrade: size.engineVersion === undefined,
      publiclyAccessible: false,
      replicationSubnetGroupId: subnetGroupId,
      vpcSecurityGroupIds: args.securityGroupIds,
      kmsKeyArn: args.kmsKeyArn,
      applyImmediately: true,
    };
    return new aws.dms.ReplicationInstance(
      ...this.tagged(`${name}-instance`, instanceArgs, args.transform?.instance, {
        deleteBeforeReplace: true,
      }),
    );
  }

  private createTask(
    { name, args, mappings, settings }: Running,
    instance: aws.dms.ReplicationInstance,
  ): aws.dms.ReplicationTask {
    const taskArgs: aws.dms.ReplicationTaskArgs = {
      replicationTaskId: this.identifier(name),
      migrationType: "full-load-and-cdc",
      replicationInstanceArn: instance.replicationInstanceArn,
      sourceEndpointArn: this.sourceEndpoint.endpointArn,
      targetEndpointArn: this.targetEndpoint.endpointArn,
      tableMappings: mappings,
      replicationTaskSettings: settings,
      startReplicationTask: false,
    };
    return new aws.dms.ReplicationTask(
      ...this.tagged(`${name}-task`, taskArgs, args.transform?.task, {
        dependsOn: [this.logGroup],
        deleteBeforeReplace: true,
      }),
    );
  }

  private createConfig(
    { name, args, mappings, settings, subnetGroupId }: Running,
    size: ServerlessSize,
  ): aws.dms.ReplicationConfig {
    const configArgs: aws.dms.ReplicationConfigArgs = {
      replicationConfigIdentifier: this.identifier(name),
      resourceIdentifier: this.resourceIdentifier(name),
      replicationType: "full-load-and-cdc",
      sourceEndpointArn: this.sourceEndpoint.endpointArn,
      targetEndpointArn: this.targetEndpoint.endpointArn,
      tableMappings: mappings,
      replicationSettings: settings,
      startReplication: false,
      computeConfig: {
        replicationSubnetGroupId: subnetGroupId,
        vpcSecurityGroupIds: args.securityGroupIds,
        kmsKeyId: args.kmsKeyArn,
        minCapacityUnits: size.minDcu ?? 1,
        maxCapacityUnits: size.maxDcu,
        multiAz: size.multiAz ?? false,
      },
    };
    return new aws.dms.ReplicationConfig(
      ...this.tagged(`${name}-config`, configArgs, args.transform?.config, {
        dependsOn: [this.logGroup],
        deleteBeforeReplace: true,
      }),
    );
  }

  /** DMS's identifiers are not made unique by the engine: the stack is in them, so that two can share an account. */
  private identifier(name: string, limit?: number): string {
    return dmsIdentifier(`${name}-${pulumi.getStack()}`, limit);
  }

  /** The end of a serverless configuration's ARN, 31 characters at most; DMS names its log group after it. */
  private resourceIdentifier(name: string): string {
    return this.identifier(name, 31);
  }
}

/** A task on its instance, or a serverless configuration: the constructor makes the one or the other. */
function watchedReplication(
  instance: aws.dms.ReplicationInstance | undefined,
  task: aws.dms.ReplicationTask | undefined,
  config: aws.dms.ReplicationConfig | undefined,
): WatchedReplication {
  if (instance === undefined || task === undefined) return { configArn: config?.arn ?? "" };
  return {
    instanceId: instance.replicationInstanceId,
    taskArn: task.replicationTaskArn,
    storageGib: instance.allocatedStorage,
  };
}

/** Checks the replication's arguments. */
export function checkReplication(args: ReplicationArgs, prefix = ""): Faults {
  const faults = new Faults(prefix);
  faults.addAll(checkSource(args.source, "source"));
  checkTableSelection(faults, "tables", args.tables);
  faults.addAll(checkReplicationOptions(args, args.source));
  return faults;
}

/** Checks the replication's size and roles alone, for the source that it has. */
export function checkReplicationOptions(
  options: ReplicationOptions,
  source: SourceArgs | undefined,
  prefix = "",
): Faults {
  const faults = new Faults(prefix);
  checkOneOf(faults, "accountRoles", options.accountRoles, ["create", "reuse"]);
  if (options.instance && options.serverless) {
    faults.add("serverless", "is given with instance; a replication runs on one of them");
  }
  if (options.instance) checkInstanceSize(faults, "instance", options.instance);
  if (options.serverless) checkServerlessSize(faults, "serverless", options.serverless);
  if (options.secretRoleArn !== undefined && source?.secretArn === undefined) {
    faults.add("secretRoleArn", "is given without source.secretArn; it is the role that reads that secret");
  }
  return faults;
}
