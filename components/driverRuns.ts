import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarmTopicPolicy } from "./alarmTopic";
import { type AwsContext, awsContext } from "./awsContext";
import { arnPattern, checkGiven, checkMatch, checkWhole } from "./checks";
import { Component, type ComponentArgs, type Transform } from "./component";
import { alarmArgs } from "./consumers/alarms";
import { buildspec } from "./driverRuns/buildspec";
import { newTablePattern, startedTaskPattern } from "./driverRuns/patterns";
import { buildPolicy, starterPolicy } from "./driverRuns/policy";
import { checkSource, type DriverSource, isZip, projectSource } from "./driverRuns/source";
import { Faults } from "./faults";
import { trustPolicy } from "./policyDocument";

/** Where, as whom and when the driver runs. */
export interface DriverRunsArgs extends ComponentArgs {
  /** Where the checkout is: a repository on GitHub, or a zip in S3. */
  source: DriverSource;
  /** The stack that is brought up to date, as `rowstream up --stack` takes it. */
  stackName: pulumi.Input<string>;
  /** Where the stack's state is: `s3://bucket`, or the address of a Pulumi Cloud. It must hold no credential. */
  backendUrl: pulumi.Input<string>;
  /** The secret that holds the passphrase of the stack's secrets. Default: none, as a stack needs whose secrets KMS keeps. */
  passphraseSecretArn?: pulumi.Input<string>;
  /** The secret that holds the access token of a Pulumi Cloud. */
  accessTokenSecretArn?: pulumi.Input<string>;
  /**
   * The policies that say what the driver may do: all that the stack holds must be in them, see docs/driver-runs.md.
   * There is no default: rowstream grants itself nothing that deploys.
   */
  policyArns?: pulumi.Input<string>[];
  /** The permissions boundary of the role that is made. Default: none. */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /** A role of the user's own in place of `policyArns`, which CodeBuild may assume and which may do all of it. */
  roleArn?: pulumi.Input<string>;
  /** When the driver runs in any case, as EventBridge writes it. Default: `rate(1 hour)`. */
  schedule?: string;
  /**
   * The role in which DMS makes tables: with it, each table that DMS has made starts a run, where a trail of CloudTrail's
   * logs management events. Default: none, new tables wait for the schedule.
   */
  targetRoleArn?: pulumi.Input<string>;
  /** The replication task: with it, a task that has started starts a run. Default: none. */
  taskArn?: pulumi.Input<string> | undefined;
  /**
   * After how long a run is ended, in minutes, 60 to 2160; half an hour before, the driver is asked to stop in order.
   * Default: 480. The first full load is waited for.
   */
  timeoutMinutes?: number;
  /**
   * The SNS topic that is told of a failed run, and of the next one that does not fail, e.g. the pipeline's
   * `alarmTopicArn`. Default: one is made, encrypted, to which nobody is subscribed yet.
   */
  topicArn?: pulumi.Input<string> | undefined;
  /** How long the runs' logs are kept, in days. Default: 30. */
  logRetentionDays?: pulumi.Input<number>;
  /** The key of the logs and of the topic; its policy must grant what `keyPolicy` grants. */
  kmsKeyArn: pulumi.Input<string>;
  /** Changes to each child, by its name in `nodes`; `rule` to every rule. */
  transform?: {
    project?: Transform<aws.codebuild.ProjectArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    starterRole?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    rule?: Transform<aws.cloudwatch.EventRuleArgs>;
    topic?: Transform<aws.sns.TopicArgs>;
    alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
  };
}

const DEFAULT_SCHEDULE = "rate(1 hour)";
const DEFAULT_TIMEOUT_MINUTES = 480;
const DEFAULT_LOG_RETENTION_DAYS = 30;

/**
 * How long EventBridge may try again to start a run that could not be started: the schedule's next one does as well.
 * One that is refused because another is under way may be lost.
 */
const RETRY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 };

/**
 * Runs the driver without a person: a CodeBuild project that runs `rowstream up --yes`, once an hour and as soon as DMS
 * has made a table, one run at a time, with an alarm where a run fails.
 *
 * ```ts
 * new DriverRuns("driver", {
 *   source: { repositoryUrl: "https://github.com/acme/rowstream.git", connectionArn },
 *   stackName: "prod",
 *   backendUrl: "s3://acme-state",
 *   passphraseSecretArn,
 *   policyArns: [deployPolicyArn],
 *   kmsKeyArn: pipeline.kmsKeyArn,
 * });
 * ```
 *
 * What starts a run, what it may do and what it costs is in docs/driver-runs.md.
 */
export class DriverRuns extends Component {
  /** The CodeBuild project's name; `aws codebuild start-build --project-name` starts a run by hand. */
  readonly projectName: pulumi.Output<string>;
  /** The topic that is told of failures. */
  readonly topicArn: pulumi.Output<string>;

  private readonly topic: aws.sns.Topic | undefined;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly role: aws.iam.Role | undefined;
  private readonly project: aws.codebuild.Project;
  private readonly starterRole: aws.iam.Role;
  private readonly rules: Record<string, aws.cloudwatch.EventRule>;
  private readonly alarm: aws.cloudwatch.MetricAlarm;

  constructor(name: string, args: DriverRunsArgs, opts?: pulumi.ComponentResourceOptions) {
    checkDriverRuns(args).throwIfAny(`driver runs "${name}"`);
    const schedule = args.schedule ?? DEFAULT_SCHEDULE;
    super("DriverRuns", name, { schedule }, args.tags, opts);
    const context = awsContext(this);

    this.topic = args.topicArn === undefined ? this.createTopic(name, args, context) : undefined;
    this.topicArn = this.topic ? this.topic.arn : pulumi.output(args.topicArn ?? "");
    this.logGroup = new aws.cloudwatch.LogGroup(
      ...this.tagged<aws.cloudwatch.LogGroupArgs>(
        name,
        {
          retentionInDays: args.logRetentionDays ?? DEFAULT_LOG_RETENTION_DAYS,
          kmsKeyId: args.kmsKeyArn,
        },
        args.transform?.logGroup,
      ),
    );
    this.role = args.roleArn === undefined ? this.createRole(name, args, context) : undefined;
    const rights = this.role ? this.grant(name, args, this.role, context) : [];
    this.project = this.createProject(name, args, this.role ? this.role.arn : (args.roleArn ?? ""), rights);
    this.starterRole = this.createStarterRole(name, args, context);
    this.rules = this.createRules(name, args, schedule);
    this.alarm = this.createAlarm(name, args);

    this.projectName = this.project.name;
    this.registerOutputs({ projectName: this.projectName, topicArn: this.topicArn });
  }

  /** The resources underneath; those that the user brought are absent. The rules by the ends of their names. */
  get nodes() {
    return {
      project: this.project,
      role: this.role,
      starterRole: this.starterRole,
      logGroup: this.logGroup,
      rules: this.rules,
      topic: this.topic,
      alarm: this.alarm,
    };
  }

  private createTopic(name: string, args: DriverRunsArgs, context: AwsContext): aws.sns.Topic {
    const topic = new aws.sns.Topic(
      ...this.tagged<aws.sns.TopicArgs>(name, { kmsMasterKeyId: args.kmsKeyArn }, args.transform?.topic),
    );
    const policy = pulumi
      .all([topic.arn, context.partition, context.region, context.accountId])
      .apply(([topicArn, partition, region, account]) =>
        alarmTopicPolicy(topicArn, partition, region, account),
      );
    new aws.sns.TopicPolicy(...this.child<aws.sns.TopicPolicyArgs>(name, { arn: topic.arn, policy }));
    return topic;
  }

  private createRole(name: string, args: DriverRunsArgs, { accountId }: AwsContext): aws.iam.Role {
    return new aws.iam.Role(
      ...this.tagged<aws.iam.RoleArgs>(
        name,
        {
          description: "rowstream: runs the driver, which deploys the stack",
          assumeRolePolicy: accountId.apply((account) => trustPolicy("codebuild.amazonaws.com", account)),
          ...(args.permissionsBoundaryArn !== undefined && {
            permissionsBoundary: args.permissionsBoundaryArn,
          }),
        },
        args.transform?.role,
      ),
    );
  }

  /** What the role needs for itself, and what the user lets the driver do. */
  private grant(
    name: string,
    args: DriverRunsArgs,
    role: aws.iam.Role,
    { partition, region }: AwsContext,
  ): pulumi.Resource[] {
    const { source } = args;
    const policy = pulumi
      .output({
        partition,
        region,
        logGroupArn: this.logGroup.arn,
        secretArns: Object.values(secrets(args)),
        ...(isZip(source)
          ? { zip: pulumi.interpolate`${source.bucket}/${source.key}` }
          : { connectionArn: source.connectionArn }),
      })
      .apply(buildPolicy);
    return [
      new aws.iam.RolePolicy(...this.child<aws.iam.RolePolicyArgs>(name, { role: role.name, policy })),
      ...(args.policyArns ?? []).map(
        (policyArn, index) =>
          new aws.iam.RolePolicyAttachment(
            ...this.child<aws.iam.RolePolicyAttachmentArgs>(`${name}-${index}`, {
              role: role.name,
              policyArn,
            }),
          ),
      ),
    ];
  }

  private createProject(
    name: string,
    args: DriverRunsArgs,
    serviceRole: pulumi.Input<string>,
    dependsOn: pulumi.Resource[],
  ): aws.codebuild.Project {
    const buildTimeout = args.timeoutMinutes ?? DEFAULT_TIMEOUT_MINUTES;
    const projectArgs: aws.codebuild.ProjectArgs = {
      description: "rowstream: takes in new tables (rowstream up --yes)",
      ...projectSource(args.source, buildspec(buildTimeout)),
      serviceRole,
      environment: {
        type: "LINUX_CONTAINER",
        computeType: "BUILD_GENERAL1_SMALL",
        image: "aws/codebuild/standard:7.0",
        environmentVariables: [
          { name: "ROWSTREAM_STACK", value: args.stackName },
          { name: "PULUMI_BACKEND_URL", value: args.backendUrl },
          ...Object.entries(secrets(args)).map(([variable, value]) => ({
            name: variable,
            type: "SECRETS_MANAGER",
            value,
          })),
        ],
      },
      artifacts: { type: "NO_ARTIFACTS" },
      // Two runs would only wait for each other's lock, and a failed one is for a person: both come again by the hour.
      concurrentBuildLimit: 1,
      autoRetryLimit: 0,
      buildTimeout,
      logsConfig: { cloudwatchLogs: { groupName: this.logGroup.name } },
    };
    return new aws.codebuild.Project(
      ...this.tagged(name, projectArgs, args.transform?.project, { dependsOn }),
    );
  }

  private createStarterRole(name: string, args: DriverRunsArgs, { accountId }: AwsContext): aws.iam.Role {
    const role = new aws.iam.Role(
      ...this.tagged<aws.iam.RoleArgs>(
        `${name}-starter`,
        {
          description: "rowstream: starts runs of the driver",
          assumeRolePolicy: accountId.apply((account) => trustPolicy("events.amazonaws.com", account)),
        },
        args.transform?.starterRole,
      ),
    );
    new aws.iam.RolePolicy(
      ...this.child<aws.iam.RolePolicyArgs>(`${name}-starter`, {
        role: role.name,
        policy: this.project.arn.apply(starterPolicy),
      }),
    );
    return role;
  }

  private createRules(name: string, args: DriverRunsArgs, scheduleExpression: string) {
    const { targetRoleArn, taskArn } = args;
    const rules: Record<string, Pick<aws.cloudwatch.EventRuleArgs, "scheduleExpression" | "eventPattern">> = {
      schedule: { scheduleExpression },
      ...(targetRoleArn !== undefined && {
        "new-table": { eventPattern: pulumi.output(targetRoleArn).apply(newTablePattern) },
      }),
      ...(taskArn !== undefined && {
        started: { eventPattern: pulumi.output(taskArn).apply(startedTaskPattern) },
      }),
    };
    return Object.fromEntries(
      Object.entries(rules).map(([what, when]) => {
        const ruleArgs: aws.cloudwatch.EventRuleArgs = {
          description: "rowstream: starts a run of the driver",
          ...when,
        };
        const rule = new aws.cloudwatch.EventRule(
          ...this.tagged(`${name}-${what}`, ruleArgs, args.transform?.rule),
        );
        new aws.cloudwatch.EventTarget(
          ...this.child<aws.cloudwatch.EventTargetArgs>(`${name}-${what}`, {
            rule: rule.name,
            arn: this.project.arn,
            roleArn: this.starterRole.arn,
            retryPolicy: RETRY,
          }),
        );
        return [what, rule] as const;
      }),
    );
  }

  /** CodeBuild counts a run that timed out as failed (user guide, "CodeBuild CloudWatch metrics"). */
  private createAlarm(name: string, args: DriverRunsArgs): aws.cloudwatch.MetricAlarm {
    const rule = {
      alarmDescription:
        "a run of the driver has failed: the last lines of its log say why. StackLocked: another run is at work; or one was killed, and `pulumi cancel` removes its lock",
      namespace: "AWS/CodeBuild",
      metricName: "FailedBuilds",
      dimensions: { ProjectName: this.project.name },
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      threshold: 1,
    };
    return new aws.cloudwatch.MetricAlarm(
      ...this.tagged(
        `${name}-failed`,
        alarmArgs(rule, { topicArns: [this.topicArn] }),
        args.transform?.alarm,
      ),
    );
  }
}

/** The ARNs of secrets, by the variable that the build finds each in. */
function secrets({ passphraseSecretArn, accessTokenSecretArn }: DriverRunsArgs) {
  return {
    ...(passphraseSecretArn !== undefined && { PULUMI_CONFIG_PASSPHRASE: passphraseSecretArn }),
    ...(accessTokenSecretArn !== undefined && { PULUMI_ACCESS_TOKEN: accessTokenSecretArn }),
  };
}

const STACK = /^[\w.-]+(\/[\w.-]+){0,2}$/;
/** A local state would be gone with the build; a credential would be read by whoever may look at the project. */
const BACKEND = /^(s3|https):\/\/[^\s@]+$/;
const SCHEDULE = /^(rate|cron)\(.+\)$/;
/** A secret as a whole; a part of one, by CodeBuild's `:json-key`, is no ARN that IAM knows. */
const SECRET = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+$/;

function checkDriverRuns(args: DriverRunsArgs): Faults {
  const faults = new Faults();
  checkSource(faults, args.source);
  checkGiven(faults, "stackName", args.stackName, 'give the stack\'s name, such as "prod"');
  if (args.stackName) {
    checkMatch(faults, "stackName", args.stackName, STACK, 'the name of a stack, such as "prod"');
  }
  checkBackend(faults, args);
  checkMatch(
    faults,
    "passphraseSecretArn",
    args.passphraseSecretArn,
    SECRET,
    "the ARN of a secret in Secrets Manager",
  );
  checkMatch(
    faults,
    "accessTokenSecretArn",
    args.accessTokenSecretArn,
    SECRET,
    "the ARN of a secret in Secrets Manager",
  );
  checkRights(faults, args);
  checkMatch(
    faults,
    "schedule",
    args.schedule,
    SCHEDULE,
    'a schedule of EventBridge\'s, such as "rate(6 hours)" or "cron(17 * * * ? *)"',
  );
  checkMatch(faults, "targetRoleArn", args.targetRoleArn, arnPattern("iam"), "the ARN of a role");
  checkMatch(faults, "taskArn", args.taskArn, arnPattern("dms"), "the ARN of a replication task");
  checkWhole(faults, "timeoutMinutes", args.timeoutMinutes, { min: 60, max: 2160, unit: "minutes" });
  checkMatch(faults, "topicArn", args.topicArn, arnPattern("sns"), "the ARN of an SNS topic");
  checkGiven(faults, "kmsKeyArn", args.kmsKeyArn, "give the key that encrypts the logs and the topic");
  if (args.kmsKeyArn) {
    checkMatch(faults, "kmsKeyArn", args.kmsKeyArn, arnPattern("kms"), "the ARN of a KMS key");
  }
  return faults;
}

function checkBackend(faults: Faults, { backendUrl, accessTokenSecretArn }: DriverRunsArgs): void {
  checkGiven(
    faults,
    "backendUrl",
    backendUrl,
    'give the URL of the stack\'s state, such as "s3://acme-state"',
  );
  if (typeof backendUrl !== "string" || backendUrl === "") return;
  if (!BACKEND.test(backendUrl)) {
    // The URL is not shown: what is wrong with it may be the credential that it holds.
    faults.add(
      "backendUrl",
      'is neither "s3://…" nor "https://…" without a user in it; a state in a file would be gone with the run, and a credential belongs in Secrets Manager',
    );
  } else if (backendUrl.startsWith("https:") && accessTokenSecretArn === undefined) {
    faults.add("accessTokenSecretArn", "is missing; a Pulumi Cloud wants an access token: give its secret");
  }
}

function checkRights(faults: Faults, args: DriverRunsArgs): void {
  const { roleArn, policyArns = [], permissionsBoundaryArn } = args;
  if (roleArn === undefined && policyArns.length === 0) {
    faults.add(
      "policyArns",
      "is missing; name the policies that let the driver deploy this stack, or give roleArn (docs/driver-runs.md lists the rights)",
    );
  }
  if (roleArn !== undefined && (policyArns.length > 0 || permissionsBoundaryArn !== undefined)) {
    faults.add(
      "roleArn",
      "is given with policyArns or permissionsBoundaryArn, which are of a role that is made; give one of them",
    );
  }
  checkMatch(faults, "roleArn", roleArn, arnPattern("iam"), "the ARN of a role");
  policyArns.forEach((arn, index) => {
    checkMatch(faults, `policyArns[${index}]`, arn, arnPattern("iam"), "the ARN of a policy");
  });
  checkMatch(
    faults,
    "permissionsBoundaryArn",
    permissionsBoundaryArn,
    arnPattern("iam"),
    "the ARN of a policy",
  );
}
