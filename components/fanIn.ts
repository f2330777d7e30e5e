import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HashKeyPlace } from "../functions/hashKey";
import { awsContext } from "./awsContext";
import { DEFAULT_MAX_RECORD_KIB } from "./changeStream";
import { Component, type ComponentArgs, type Transform } from "./component";
import { FailureBucket, type FailureBucketArgs } from "./failureBucket";
import { checkEvents, hashesColumns } from "./fanIn/checkEvents";
import { fanInCallback } from "./fanIn/code";
import type { EventOptions } from "./fanIn/events";
import { fanInPolicy } from "./fanIn/policy";
import { sourcesText } from "./fanIn/sources";
import { Faults } from "./faults";
import { checkFunctionOptions, type FunctionOptions } from "./functionOptions";
import { HashKey, type HashKeyArgs } from "./hashKey";
import { checkLambdaCode } from "./lambdaCode";
import {
  type LambdaFunctionArgs,
  lambdaFunctionArgs,
  lambdaLogGroupArgs,
  lambdaRoleArgs,
} from "./lambdaFunction";
import type { ReplicatedTable } from "./replicatedTable";

/** The fan-in's size: what users may choose of it. */
export interface FanInOptions extends FunctionOptions, ComponentArgs {
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    function?: Transform<LambdaFunctionArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    failureBucket?: FailureBucketArgs["transform"];
    hashKey?: HashKeyArgs["transform"];
  };
}

/** The Lambda that turns the tables' streams into one. */
export interface FanInArgs extends FanInOptions {
  /** The source's name and engine, for every event. */
  source: { name: string; engine: string };
  /** The tables whose streams are read. */
  replicatedTables: readonly ReplicatedTable[];
  /** What the events are like. Default: every change of every table, as a change event. */
  events?: EventOptions;
  /** The key columns of tables with explicit keys, by `schema.table`, in the key's order. Default: none. */
  keys?: Readonly<Record<string, readonly string[]>>;
  /** The table of the heartbeat, whose rows are events whatever `events.tables` says. Default: there is none. */
  heartbeat?: { schema: string; table: string } | undefined;
  /** The change stream's name. */
  streamName: pulumi.Input<string>;
  /** The change stream's ARN. */
  streamArn: pulumi.Input<string>;
  /** The largest record that the change stream accepts, in KiB, 1024 to 10240. Default: 1024. */
  maxRecordKib?: pulumi.Input<number>;
  /** The key of the tables, the change stream, the bucket, the logs and the function's environment. */
  kmsKeyArn: pulumi.Input<string>;
  /** Whether `destroy` stops at a failure bucket with records in it, or deletes them. Default: `retain`, it stops. */
  failuresOnDestroy?: "retain" | "delete";
}

/**
 * The fan-in: one Lambda on arm64 that reads the streams of all tables and writes each change to the change stream,
 * in the order of its row. Its code is an inline callback of a few lines that requires the bundled logic of
 * `functions/`, shipped in the same zip.
 *
 * A table more or less changes the text that the callback captures, and so updates the function; the mappings of new
 * tables depend on {@link functionArn} and {@link access} and are made after that.
 */
export class FanIn extends Component {
  /** The function's name. */
  readonly functionName: pulumi.Output<string>;
  /** The function's ARN; resolves when the function knows the tables. */
  readonly functionArn: pulumi.Output<string>;
  /** The name of the bucket for what could not be published. */
  readonly failureBucketName: pulumi.Output<string>;
  /** That bucket's ARN, the destination of the mappings' failures. */
  readonly failureBucketArn: pulumi.Output<string>;
  /**
   * What the function knows of the tables and their events, as `readSources` of functions/sources.ts reads it. Whoever
   * writes events of these tables to the change stream by another way goes by it too.
   */
  readonly sources: string;
  /** Where the key of hashed columns is; undefined where none is hashed. */
  readonly hashKey: pulumi.Output<HashKeyPlace> | undefined;
  /** What lets the function read the streams: Lambda refuses a mapping before it is in place. */
  readonly access: pulumi.Resource[];

  private readonly function: aws.lambda.Function;
  private readonly role: aws.iam.Role | undefined;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly failureBucket: FailureBucket;
  private readonly ownHashKey: HashKey | undefined;

  constructor(name: string, args: FanInArgs, opts?: pulumi.ComponentResourceOptions) {
    const { events = {}, keys = {} } = args;
    const faults = checkFanIn(args);
    faults.addAll(checkEvents(events, { replicatedTables: args.replicatedTables, keys }, "events"));
    faults.throwIfAny(`fan-in "${name}"`);
    super("FanIn", name, { memoryMib: args.memoryMib, timeoutSeconds: args.timeoutSeconds }, args.tags, opts);
    this.sources = sourcesText(args.source, args.replicatedTables, events, keys, args.heartbeat);

    this.failureBucket = new FailureBucket(
      `${name}-failures`,
      {
        kmsKeyArn: args.kmsKeyArn,
        retentionDays: args.failureRetentionDays,
        forceDestroy: args.failuresOnDestroy === "delete",
        tags: args.tags,
        transform: args.transform?.failureBucket,
      },
      { parent: this },
    );
    this.ownHashKey = hashesColumns(events) ? this.createHashKey(name, args, events) : undefined;
    this.hashKey = hashesColumns(events) ? hashKeyPlace(this.ownHashKey, events) : undefined;
    this.logGroup = this.createLogGroup(name, args);
    this.role = args.roleArn === undefined ? this.createRole(name, args) : undefined;
    this.access = this.role ? [this.createPolicy(name, args, this.role)] : [];
    this.function = this.createFunction(name, args);

    this.functionName = this.function.name;
    this.functionArn = this.function.arn;
    this.failureBucketName = this.failureBucket.name;
    this.failureBucketArn = this.failureBucket.arn;
    this.registerOutputs({
      functionName: this.functionName,
      functionArn: this.functionArn,
      failureBucketName: this.failureBucketName,
      failureBucketArn: this.failureBucketArn,
    });
  }

  /** The resources underneath; the role and the key of hashes are absent when the user brought one. */
  get nodes() {
    return {
      function: this.function,
      role: this.role,
      logGroup: this.logGroup,
      failureBucket: this.failureBucket,
      hashKey: this.ownHashKey,
    };
  }

  private createHashKey(name: string, args: FanInArgs, { hashKey }: EventOptions): HashKey | undefined {
    if (hashKey === undefined) return undefined;
    return new HashKey(
      `${name}-hash-key`,
      {
        hashKey,
        kmsKeyArn: args.kmsKeyArn,
        onDestroy: args.failuresOnDestroy,
        tags: args.tags,
        transform: args.transform?.hashKey,
      },
      { parent: this },
    );
  }

  private createLogGroup(name: string, args: FanInArgs): aws.cloudwatch.LogGroup {
    const groupArgs = lambdaLogGroupArgs(args);
    return new aws.cloudwatch.LogGroup(...this.tagged(`${name}-logs`, groupArgs, args.transform?.logGroup));
  }

  private createRole(name: string, args: FanInArgs): aws.iam.Role {
    const roleArgs = lambdaRoleArgs("reads the tables' streams, writes the change stream");
    return new aws.iam.Role(...this.tagged(name, roleArgs, args.transform?.role));
  }

  private createPolicy(name: string, args: FanInArgs, role: aws.iam.Role): aws.iam.RolePolicy {
    const { accountId, partition, region } = awsContext(this);
    const tableNames = args.replicatedTables.map((table) => table.tableName);
    const policy = pulumi
      .all([
        partition,
        region,
        accountId,
        args.streamArn,
        this.failureBucket.arn,
        this.logGroup.arn,
        args.kmsKeyArn,
        this.hashKey,
      ])
      .apply(([inPartition, inRegion, account, streamArn, bucketArn, logGroupArn, kmsKeyArn, hashKey]) =>
        fanInPolicy({
          partition: inPartition,
          region: inRegion,
          accountId: account,
          streamArn,
          bucketArn,
          logGroupArn,
          kmsKeyArn,
          tableNames,
          ...(hashKey && {
            hashSecret: { arn: hashKey.secretArn, kmsKeyArn: this.ownHashKey ? kmsKeyArn : undefined },
          }),
        }),
      );
    return new aws.iam.RolePolicy(...this.child<aws.iam.RolePolicyArgs>(name, { role: role.name, policy }));
  }

  private createFunction(name: string, args: FanInArgs): aws.lambda.Function {
    const functionArgs = lambdaFunctionArgs({
      ...args,
      description: `row changes of ${args.source.name} into one stream`,
      callbackFactory: fanInCallback(this.sources),
      bundle: "fanIn",
      roleArn: args.roleArn ?? this.role?.arn,
      logGroupName: this.logGroup.name,
      variables: {
        STREAM_NAME: args.streamName,
        FAILURE_BUCKET: this.failureBucket.name,
        MAX_RECORD_BYTES: pulumi
          .output(args.maxRecordKib ?? DEFAULT_MAX_RECORD_KIB)
          .apply((kib) => String(kib * 1024)),
        ...(this.hashKey && {
          HASH_KEY_SECRET: this.hashKey.secretArn,
          HASH_KEY_VERSION: this.hashKey.versionId,
        }),
      },
    });
    return new aws.lambda.CallbackFunction(
      ...this.tagged(name, functionArgs, args.transform?.function, { dependsOn: this.access }),
    );
  }
}

/** Where the key is: in the secret that was made for it, or in the user's own. */
function hashKeyPlace(
  own: HashKey | undefined,
  { hashSecret }: EventOptions,
): pulumi.Output<HashKeyPlace> | undefined {
  if (own !== undefined) return pulumi.output({ secretArn: own.secretArn, versionId: own.versionId });
  return hashSecret && pulumi.output({ secretArn: hashSecret.arn, versionId: hashSecret.versionId });
}

/** Checks the fan-in's arguments, and that its code is there to be shipped. */
export function checkFanIn(args: FanInOptions, prefix = ""): Faults {
  const faults = new Faults(prefix);
  checkFunctionOptions(faults, args);
  checkLambdaCode(faults, "fanIn");
  return faults;
}
