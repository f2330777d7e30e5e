import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarmTopicPolicy } from "./alarmTopic";
import { type AwsContext, awsContext } from "./awsContext";
import { arnPattern, checkMatch } from "./checks";
import { Component, type ComponentArgs, type Transform } from "./component";
import { Faults } from "./faults";
import { given } from "./given";
import { checkLambdaCode } from "./lambdaCode";
import {
  type LambdaFunctionArgs,
  lambdaFunctionArgs,
  lambdaLogGroupArgs,
  lambdaRoleArgs,
} from "./lambdaFunction";
import { alarmArgs, alarmRules } from "./monitoring/alarms";
import { inspectorCallback } from "./monitoring/code";
import { dashboardBody } from "./monitoring/dashboard";
import type { Watched, WatchedReplication } from "./monitoring/metrics";
import { inspectorPolicy } from "./monitoring/policy";
import { type AlarmThresholds, checkThresholds, DEFAULT_THRESHOLDS } from "./monitoring/thresholds";
import type { ReplicatedTable } from "./replicatedTable";

/** Who is told, and when: what users may choose of it. */
export interface MonitoringOptions extends ComponentArgs {
  /**
   * The SNS topic that is told when an alarm is raised and when it ends; where it is encrypted, its key must let
   * CloudWatch use it. Default: one is made, encrypted, to which nobody is subscribed yet.
   */
  topicArn?: pulumi.Input<string>;
  /** From where on the alarms are raised. */
  thresholds?: AlarmThresholds;
  /** Changes to each child, by its name in `nodes`; `alarm` to every alarm. */
  transform?: {
    topic?: Transform<aws.sns.TopicArgs>;
    alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
    dashboard?: Transform<aws.cloudwatch.DashboardArgs>;
    inspector?: Transform<LambdaFunctionArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    schedule?: Transform<aws.cloudwatch.EventRuleArgs>;
  };
}

/** A dashboard and the alarms of one pipeline. */
export interface MonitoringArgs extends MonitoringOptions {
  /** The change stream's name. */
  streamName: pulumi.Input<string>;
  /** The fan-in's function. */
  fanInName: pulumi.Input<string>;
  /** The bucket for what could not be published. */
  failureBucketName: pulumi.Input<string>;
  /** That bucket's ARN. */
  failureBucketArn: pulumi.Input<string>;
  /** What runs the replication. */
  replication: WatchedReplication;
  /** The adopted tables. */
  replicatedTables: readonly ReplicatedTable[];
  /** How often the heartbeat is written, in minutes; undefined where there is none. */
  heartbeatMinutes?: number | undefined;
  /** The key of the topic, of the inspector's logs and of its environment. */
  kmsKeyArn: pulumi.Input<string>;
}

/** How often the inspector looks. */
const SCHEDULE = "rate(5 minutes)";

/**
 * A CloudWatch dashboard of the pipeline, its alarms, the SNS topic that they tell, and the inspector: a small Lambda
 * that looks every five minutes at what no metric of AWS's says (tables that DMS has given up, tables without a stream
 * or a mapping, what lies in the failure bucket, whether the replication runs) and writes it as metrics.
 *
 * What each alarm means, and what all of it costs, is in docs/operations.md.
 */
export class Monitoring extends Component {
  /** The topic that is told. */
  readonly topicArn: pulumi.Output<string>;
  /** The dashboard's name. */
  readonly dashboardName: pulumi.Output<string>;
  /** The inspector's name. */
  readonly inspectorName: pulumi.Output<string>;

  private readonly topic: aws.sns.Topic | undefined;
  private readonly alarms: Record<string, aws.cloudwatch.MetricAlarm>;
  private readonly dashboard: aws.cloudwatch.Dashboard;
  private readonly inspector: aws.lambda.Function;
  private readonly role: aws.iam.Role;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly schedule: aws.cloudwatch.EventRule;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    checkMonitoring(args).throwIfAny(`monitoring "${name}"`);
    super("Monitoring", name, { thresholds: args.thresholds }, args.tags, opts);
    const context = awsContext(this);
    const watched: Watched = {
      region: context.region,
      streamName: args.streamName,
      fanInName: args.fanInName,
      replication: args.replication,
      tableNames: args.replicatedTables.map(({ tableName }) => tableName),
      heartbeatMinutes: args.heartbeatMinutes,
    };

    this.topic = args.topicArn === undefined ? this.createTopic(name, args, context) : undefined;
    this.topicArn = this.topic ? this.topic.arn : pulumi.output(args.topicArn ?? "");
    this.alarms = this.createAlarms(name, args, watched);
    this.dashboard = this.createDashboard(name, args, watched);
    this.logGroup = this.createLogGroup(name, args);
    this.role = this.createRole(name, args);
    const policy = this.createPolicy(name, args, context);
    this.inspector = this.createInspector(name, args, policy);
    this.schedule = this.createSchedule(name, args);

    this.dashboardName = this.dashboard.dashboardName;
    this.inspectorName = this.inspector.name;
    this.registerOutputs({
      topicArn: this.topicArn,
      dashboardName: this.dashboardName,
      inspectorName: this.inspectorName,
    });
  }

  /** The resources underneath; the topic is absent where the user brought one. The alarms by the ends of their names. */
  get nodes() {
    return {
      topic: this.topic,
      alarms: this.alarms,
      dashboard: this.dashboard,
      inspector: this.inspector,
      role: this.role,
      logGroup: this.logGroup,
      schedule: this.schedule,
    };
  }

  private createTopic(name: string, args: MonitoringArgs, context: AwsContext): aws.sns.Topic {
    const topicArgs: aws.sns.TopicArgs = { kmsMasterKeyId: args.kmsKeyArn };
    const topic = new aws.sns.Topic(...this.tagged(`${name}-alarms`, topicArgs, args.transform?.topic));
    const policy = pulumi
      .all([topic.arn, context.partition, context.region, context.accountId])
      .apply(([topicArn, partition, region, account]) =>
        alarmTopicPolicy(topicArn, partition, region, account),
      );
    new aws.sns.TopicPolicy(
      ...this.child<aws.sns.TopicPolicyArgs>(`${name}-alarms`, { arn: topic.arn, policy }),
    );
    return topic;
  }

  private createAlarms(name: string, args: MonitoringArgs, watched: Watched) {
    const limits = { ...DEFAULT_THRESHOLDS, ...given(args.thresholds) };
    const told = [this.topicArn];
    const alarms = Object.entries(alarmRules(watched, limits)).map(([what, rule]) => {
      const alarm: aws.cloudwatch.MetricAlarmArgs = {
        ...alarmArgs(rule),
        alarmActions: told,
        okActions: told,
        ...(rule.tellsNoData && { insufficientDataActions: told }),
      };
      return [
        what,
        new aws.cloudwatch.MetricAlarm(...this.tagged(`${name}-${what}`, alarm, args.transform?.alarm)),
      ] as const;
    });
    return Object.fromEntries(alarms);
  }

  private createDashboard(name: string, args: MonitoringArgs, watched: Watched): aws.cloudwatch.Dashboard {
    const arns = Object.values(this.alarms).map(({ arn }) => arn);
    const dashboardArgs: aws.cloudwatch.DashboardArgs = {
      dashboardName: `${name}-${pulumi.getStack()}`,
      dashboardBody: dashboardBody(watched, arns),
    };
    return new aws.cloudwatch.Dashboard(...this.child(name, dashboardArgs, args.transform?.dashboard));
  }

  private createLogGroup(name: string, args: MonitoringArgs): aws.cloudwatch.LogGroup {
    const groupArgs = lambdaLogGroupArgs({ kmsKeyArn: args.kmsKeyArn });
    return new aws.cloudwatch.LogGroup(
      ...this.tagged(`${name}-inspector-logs`, groupArgs, args.transform?.logGroup),
    );
  }

  private createRole(name: string, args: MonitoringArgs): aws.iam.Role {
    const roleArgs = lambdaRoleArgs("looks at the tables, their mappings and the failure bucket");
    return new aws.iam.Role(...this.tagged(`${name}-inspector`, roleArgs, args.transform?.role));
  }

  private createPolicy(name: string, args: MonitoringArgs, context: AwsContext): aws.iam.RolePolicy {
    const serverless = "configArn" in args.replication;
    const policy = pulumi
      .output({
        partition: context.partition,
        region: context.region,
        accountId: context.accountId,
        replicationArn: replicationArn(args.replication),
        failureBucketArn: args.failureBucketArn,
        logGroupArn: this.logGroup.arn,
      })
      .apply((known) =>
        inspectorPolicy({
          ...known,
          serverless,
          tableNames: args.replicatedTables.map(({ tableName }) => tableName),
        }),
      );
    return new aws.iam.RolePolicy(
      ...this.child<aws.iam.RolePolicyArgs>(`${name}-inspector`, { role: this.role.name, policy }),
    );
  }

  private createInspector(
    name: string,
    args: MonitoringArgs,
    access: aws.iam.RolePolicy,
  ): aws.lambda.Function {
    const tables = args.replicatedTables
      .map(({ schema, table, tableName }) => ({ schema, table, tableName }))
      .sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
    const functionArgs = lambdaFunctionArgs({
      description: "looks at what no metric says",
      callbackFactory: inspectorCallback(tables),
      bundle: "inspector",
      memoryMib: 256,
      timeoutSeconds: 120,
      roleArn: this.role.arn,
      logGroupName: this.logGroup.name,
      variables: {
        REPLICATION_ARN: replicationArn(args.replication),
        FAN_IN_NAME: args.fanInName,
        FAILURE_BUCKET: args.failureBucketName,
        STREAM_NAME: args.streamName,
      },
      kmsKeyArn: args.kmsKeyArn,
    });
    return new aws.lambda.CallbackFunction(
      ...this.tagged(`${name}-inspector`, functionArgs, args.transform?.inspector, { dependsOn: [access] }),
    );
  }

  private createSchedule(name: string, args: MonitoringArgs): aws.cloudwatch.EventRule {
    const ruleArgs: aws.cloudwatch.EventRuleArgs = {
      description: "rowstream: has the inspector look",
      scheduleExpression: SCHEDULE,
    };
    const rule = new aws.cloudwatch.EventRule(
      ...this.tagged(`${name}-inspector`, ruleArgs, args.transform?.schedule),
    );
    const permission = new aws.lambda.Permission(
      ...this.child<aws.lambda.PermissionArgs>(`${name}-inspector`, {
        action: "lambda:InvokeFunction",
        function: this.inspector.name,
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      }),
    );
    new aws.cloudwatch.EventTarget(
      ...this.child<aws.cloudwatch.EventTargetArgs>(
        `${name}-inspector`,
        { rule: rule.name, arn: this.inspector.arn },
        undefined,
        { dependsOn: [permission] },
      ),
    );
    return rule;
  }
}

function replicationArn(replication: WatchedReplication): pulumi.Input<string> {
  return "configArn" in replication ? replication.configArn : replication.taskArn;
}

/** Checks the monitoring's options, and that the inspector's code is there to be shipped. */
export function checkMonitoring(args: MonitoringOptions, prefix = ""): Faults {
  const faults = new Faults(prefix);
  checkMatch(faults, "topicArn", args.topicArn, arnPattern("sns"), "the ARN of an SNS topic");
  checkThresholds(faults, "thresholds", args.thresholds);
  checkLambdaCode(faults, "inspector");
  return faults;
}
