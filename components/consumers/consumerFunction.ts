import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ChangeFilter } from "../../functions/changeFilter";
import { EVENT_FORMATS, type EventFormat } from "../../functions/formats/format";
import { awsContext } from "../awsContext";
import { arnPattern, checkMatch, checkOneOf, checkWhole } from "../checks";
import { Component, type ComponentArgs, type Transform } from "../component";
import { FailureBucket, type FailureBucketArgs } from "../failureBucket";
import { Faults } from "../faults";
import { checkFunctionOptions, type FunctionOptions } from "../functionOptions";
import { type Bundle, checkLambdaCode } from "../lambdaCode";
import {
  type LambdaFunctionArgs,
  lambdaFunctionArgs,
  lambdaLogGroupArgs,
  lambdaRoleArgs,
} from "../lambdaFunction";
import { type AlarmOptions, checkAlarms, functionAlarms } from "./alarms";
import { AppliedTable } from "./appliedTable";
import { checkChangeFilter, filterPatterns } from "./eventFilter";
import { functionPolicy } from "./functionPolicy";
import { checkStream } from "./streamAccess";
import { checkStreamMapping, type StreamMappingOptions, streamMappingArgs } from "./streamMapping";

/** A right beyond what a consumer needs for itself. */
export interface PermissionArgs {
  /** The actions, each by its whole name, e.g. `sns:Publish`. */
  actions: readonly string[];
  /** The ARNs of what they are allowed on. */
  resources: readonly pulumi.Input<string>[];
}

/** What users may choose of a consumer that is a function. */
export interface ConsumerFunctionOptions extends ChangeFilter, FunctionOptions, ComponentArgs {
  /** The change stream's ARN. */
  streamArn: pulumi.Input<string>;
  /**
   * The key of the change stream, which also encrypts what is made here: the failure bucket, the logs, the function's
   * environment, the table of what was handled.
   */
  kmsKeyArn: pulumi.Input<string>;
  /**
   * The bucket of events that were too large for the stream: the pipeline's failure bucket. Where it is given, the
   * handler gets such an event whole; else it gets the reference.
   */
  oversizeBucketArn?: pulumi.Input<string>;
  /** The format of the stream's events; the handler gets change events whatever it is. Default: `rowstream`. */
  format?: EventFormat;
  /** How the stream is read. */
  mapping?: StreamMappingOptions;
  /**
   * Whether the stream is read through a registered consumer of its own (enhanced fan-out): 2 MB/s a shard for this
   * one alone and about 70 ms to an event, for a price by the hour and the gigabyte. Default: false.
   */
  enhancedFanOut?: boolean;
  /** How many rows are worked on at once within a batch, 1 to 1000. Default: 10. */
  concurrency?: number;
  /**
   * Whether a table remembers the last event handled of each row, and what is not newer is dropped. Default: true;
   * with false the handler has to tell repeats itself.
   */
  dropRepeats?: boolean;
  /**
   * How long a row is remembered after its last event, in days, 1 to 400. Default: 30. Must outlast the stream's
   * retention: what is in the stream can come again.
   */
  rememberDays?: number;
  /** What raises an alarm, and who is told. */
  alarms?: AlarmOptions;
  /** Whether `destroy` stops at a failure bucket with events in it, or deletes them. Default: `retain`, it stops. */
  failuresOnDestroy?: "retain" | "delete";
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    function?: Transform<LambdaFunctionArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    mapping?: Transform<aws.lambda.EventSourceMappingArgs>;
    streamConsumer?: Transform<aws.kinesis.StreamConsumerArgs>;
    appliedTable?: Transform<aws.dynamodb.TableArgs>;
    failureBucket?: FailureBucketArgs["transform"];
    alarms?: Transform<aws.cloudwatch.MetricAlarmArgs>;
  };
}

/** A consumer that is a function: its code, its rights, and what users may choose of it. */
export interface ConsumerFunctionArgs extends ConsumerFunctionOptions {
  /** What the function is for, in a few words. */
  description: string;
  /** The bundle that the callback requires. */
  bundle: Bundle;
  /** Makes the function that Lambda calls; Pulumi serializes it. */
  callbackFactory: () => unknown;
  /** Packages of package.json that the callback requires. */
  packages?: readonly string[];
  /** Variables of the function beyond its own. */
  environment?: Record<string, pulumi.Input<string>>;
  /** The variable that names the failure bucket to a function that writes there itself. Default: none. */
  failureBucketVariable?: string;
  /** What the function may do beyond handling events. */
  permissions?: readonly PermissionArgs[];
}

/** How many rows are worked on at once unless the user says otherwise. */
export const DEFAULT_CONCURRENCY = 10;

const DEFAULT_REMEMBER_DAYS = 30;

/**
 * A Lambda that reads the change stream, and all that it takes to do so in production: events filtered before it is
 * invoked, partial batches, what it gives up on kept whole, repeats told, a role with no right too many, alarms.
 *
 * `ChangeHandler` and `DeviceBridge` are made of it.
 */
export class ConsumerFunction extends Component {
  /** The function's name. */
  readonly functionName: pulumi.Output<string>;
  /** The function's ARN. */
  readonly functionArn: pulumi.Output<string>;
  /** The name of the bucket for what the mapping gives up on. */
  readonly failureBucketName: pulumi.Output<string>;

  private readonly function: aws.lambda.Function;
  private readonly role: aws.iam.Role | undefined;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly mapping: aws.lambda.EventSourceMapping;
  private readonly streamConsumer: aws.kinesis.StreamConsumer | undefined;
  private readonly appliedTable: AppliedTable | undefined;
  private readonly failureBucket: FailureBucket;
  private readonly alarms: aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: ConsumerFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ConsumerFunction", name, { tables: args.tables, ops: args.ops }, args.tags, opts);
    const { kmsKeyArn, tags, transform } = args;

    this.failureBucket = new FailureBucket(
      `${name}-failures`,
      {
        kmsKeyArn,
        retentionDays: args.failureRetentionDays,
        forceDestroy: args.failuresOnDestroy === "delete",
        tags,
        transform: transform?.failureBucket,
      },
      { parent: this },
    );
    this.appliedTable =
      args.dropRepeats === false
        ? undefined
        : new AppliedTable(
            `${name}-applied`,
            { kmsKeyArn, tags, transform: transform?.appliedTable },
            { parent: this },
          );
    this.logGroup = this.createLogGroup(name, args);
    this.streamConsumer = args.enhancedFanOut ? this.createStreamConsumer(name, args) : undefined;
    this.role = args.roleArn === undefined ? this.createRole(name, args) : undefined;
    const access = this.role ? [this.createPolicy(name, args, this.role)] : [];
    this.function = this.createFunction(name, args, access);
    this.mapping = this.createMapping(name, args, access);
    this.alarms = this.createAlarms(name, args);

    this.functionName = this.function.name;
    this.functionArn = this.function.arn;
    this.failureBucketName = this.failureBucket.name;
    this.registerOutputs({
      functionName: this.functionName,
      functionArn: this.functionArn,
      failureBucketName: this.failureBucketName,
    });
  }

  /**
   * The resources underneath. The role is absent when the user brought one, the stream's consumer without enhanced
   * fan-out, the table where repeats are not dropped.
   */
  get nodes() {
    return {
      function: this.function,
      role: this.role,
      logGroup: this.logGroup,
      mapping: this.mapping,
      streamConsumer: this.streamConsumer,
      appliedTable: this.appliedTable,
      failureBucket: this.failureBucket,
      alarms: this.alarms,
    };
  }

  private createLogGroup(name: string, args: ConsumerFunctionArgs): aws.cloudwatch.LogGroup {
    const groupArgs = lambdaLogGroupArgs(args);
    return new aws.cloudwatch.LogGroup(...this.tagged(`${name}-logs`, groupArgs, args.transform?.logGroup));
  }

  private createStreamConsumer(name: string, args: ConsumerFunctionArgs): aws.kinesis.StreamConsumer {
    const { streamArn, transform } = args;
    return new aws.kinesis.StreamConsumer(...this.tagged(name, { streamArn }, transform?.streamConsumer));
  }

  private createRole(name: string, args: ConsumerFunctionArgs): aws.iam.Role {
    const roleArgs = lambdaRoleArgs(args.description);
    return new aws.iam.Role(...this.tagged(name, roleArgs, args.transform?.role));
  }

  private createPolicy(name: string, args: ConsumerFunctionArgs, role: aws.iam.Role): aws.iam.RolePolicy {
    const { region } = awsContext(this);
    const permissions = (args.permissions ?? []).map(({ actions, resources }) =>
      pulumi.all([...resources]).apply((arns) => ({ actions, resources: arns })),
    );
    const policy = pulumi
      .output({
        region,
        streamArn: args.streamArn,
        consumerArn: this.streamConsumer?.arn,
        kmsKeyArn: args.kmsKeyArn,
        failureBucketArn: this.failureBucket.arn,
        logGroupArn: this.logGroup.arn,
        appliedTableArn: this.appliedTable?.arn,
        oversizeBucketArn: args.oversizeBucketArn,
        permissions: pulumi.all(permissions),
      })
      .apply(functionPolicy);
    return new aws.iam.RolePolicy(...this.child<aws.iam.RolePolicyArgs>(name, { role: role.name, policy }));
  }

  private createFunction(
    name: string,
    args: ConsumerFunctionArgs,
    access: pulumi.Resource[],
  ): aws.lambda.Function {
    const functionArgs = lambdaFunctionArgs({
      ...args,
      roleArn: args.roleArn ?? this.role?.arn,
      logGroupName: this.logGroup.name,
      variables: {
        ...args.environment,
        ...(args.failureBucketVariable && { [args.failureBucketVariable]: this.failureBucket.name }),
        ...(this.appliedTable && {
          APPLIED_TABLE: this.appliedTable.tableName,
          APPLIED_DAYS: String(args.rememberDays ?? DEFAULT_REMEMBER_DAYS),
        }),
        ...(args.oversizeBucketArn !== undefined && { OVERSIZE_BUCKET_ARN: args.oversizeBucketArn }),
      },
    });
    return new aws.lambda.CallbackFunction(
      ...this.tagged(name, functionArgs, args.transform?.function, { dependsOn: access }),
    );
  }

  private createMapping(
    name: string,
    args: ConsumerFunctionArgs,
    access: pulumi.Resource[],
  ): aws.lambda.EventSourceMapping {
    const mappingArgs = streamMappingArgs(
      {
        sourceArn: this.streamConsumer?.arn ?? args.streamArn,
        functionArn: this.function.arn,
        failureBucketArn: this.failureBucket.arn,
        patterns: filterPatterns(args, args.format),
      },
      args.mapping,
    );
    return new aws.lambda.EventSourceMapping(
      ...this.tagged(name, mappingArgs, args.transform?.mapping, { dependsOn: access }),
    );
  }

  private createAlarms(name: string, args: ConsumerFunctionArgs): aws.cloudwatch.MetricAlarm[] {
    const rules = functionAlarms(this.function.name, this.mapping.id, args.alarms);
    return Object.entries(rules).map(
      ([what, rule]) =>
        new aws.cloudwatch.MetricAlarm(...this.tagged(`${name}-${what}`, rule, args.transform?.alarms)),
    );
  }
}

/** Checks what all consumers that are functions have in common. */
export function checkConsumerFunction(
  args: ConsumerFunctionOptions & Pick<ConsumerFunctionArgs, "bundle" | "packages" | "permissions">,
): Faults {
  const faults = new Faults();
  checkStream(faults, args);
  checkMatch(
    faults,
    "oversizeBucketArn",
    args.oversizeBucketArn,
    arnPattern("s3"),
    "the ARN of an S3 bucket",
  );
  checkOneOf(faults, "format", args.format, EVENT_FORMATS);
  checkChangeFilter(faults, args);
  checkFunctionOptions(faults, args);
  checkStreamMapping(faults, args.mapping);
  checkWhole(faults, "concurrency", args.concurrency, { min: 1, max: 1000, unit: "rows" });
  checkWhole(faults, "rememberDays", args.rememberDays, { min: 1, max: 400, unit: "days" });
  if (args.dropRepeats === false && args.rememberDays !== undefined) {
    faults.add("rememberDays", "is given with dropRepeats false; nothing is remembered then");
  }
  checkAlarms(faults, args.alarms);
  checkOneOf(faults, "failuresOnDestroy", args.failuresOnDestroy, ["retain", "delete"]);
  checkPermissions(faults, args.permissions ?? []);
  checkLambdaCode(faults, args.bundle, args.packages);
  return faults;
}

/** A wildcard in the action would let the role do what AWS adds next year. */
function checkPermissions(faults: Faults, permissions: readonly PermissionArgs[]): void {
  permissions.forEach(({ actions, resources }, index) => {
    const path = `permissions[${index}]`;
    if (actions.length === 0) faults.add(`${path}.actions`, "is empty; name the actions");
    if (resources.length === 0) faults.add(`${path}.resources`, "is empty; name the ARNs");
    actions.forEach((action, position) => {
      checkMatch(
        faults,
        `${path}.actions[${position}]`,
        action,
        /^[a-z0-9-]+:[A-Za-z0-9]+$/,
        "one action by its whole name, e.g. sns:Publish",
      );
    });
  });
}
