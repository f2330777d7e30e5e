import { resolve } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsContext } from "../awsContext";
import { DEFAULT_RETENTION_HOURS } from "../changeStream";
import { checkOneOf, checkWhole } from "../checks";
import { Component, type ComponentArgs, type Transform } from "../component";
import { Faults } from "../faults";
import { checkFunctionOptions, DEFAULT_FUNCTION } from "../functionOptions";
import { checkLambdaCode } from "../lambdaCode";
import { trustPolicy } from "../policyDocument";
import type { PrivateBucketArgs } from "../privateBucket";
import { type AlarmOptions, checkAlarms } from "./alarms";
import { applicationAlarms, type WatchedApplication } from "./analytics/alarms";
import { type AlertRule, checkAlertRules } from "./analytics/alertRules";
import { LIBRARY_FOLDER, MAIN, mainProgram } from "./analytics/application";
import { CodeBucket } from "./analytics/codeBucket";
import { checkConnectorJar, connectorName, DEFAULT_CONNECTOR_JAR } from "./analytics/connectorJar";
import { kinesisConnectors } from "./analytics/connectors";
import { analyticsDashboard } from "./analytics/dashboard";
import { analyticsPolicy, topicPolicy } from "./analytics/policy";
import { analyticsJob } from "./analytics/sql";
import { ConsumerFunction, type ConsumerFunctionOptions } from "./consumerFunction";
import { checkStream } from "./streamAccess";

/** What is counted, what is told, and by how large a Flink. */
export interface AnalyticsArgs extends ComponentArgs {
  /** The change stream's ARN. Its events may have any of the formats, and several at a time. */
  streamArn: pulumi.Input<string>;
  /** The key of the change stream, which also encrypts the code, the results, the logs and the topic. */
  kmsKeyArn: pulumi.Input<string>;
  /** The rules of the alerts, at most 50. Default: none, and changes are counted alone. */
  alerts?: readonly AlertRule[];
  /** The length of a window of the counts, in seconds: 60, 300, 900 or 3600. Default: 60. */
  windowSeconds?: number;
  /**
   * How much later than a younger change an older one may come and is still counted, in seconds, 0 to 3600. A window
   * is told so much after its end. Default: 30.
   */
  lateSeconds?: number;
  /**
   * How far before its start a job without a state begins to read, in seconds, 0 to 604800: the first one, and one
   * whose rules were changed. What is in that time may be told twice; what is before it is not told. Default: 900.
   */
  startSecondsBack?: number;
  /** How many tasks work side by side, 1 to 64; a shard is one task's. Default: 1. */
  parallelism?: number;
  /** How many of them share a processing unit (KPU: one processor, 4 GB), 1 to 8. Default: 1. */
  parallelismPerKpu?: number;
  /** Whether the service adds processing units under load, and takes them away again. Default: true. */
  autoScaling?: boolean;
  /** What the application logs. Default: `INFO`. */
  logLevel?: "ERROR" | "WARN" | "INFO" | "DEBUG";
  /** How long log lines are kept, in days, of CloudWatch's values. Default: 30. */
  logRetentionDays?: number;
  /** The path of the connector's jar. Default: where `npm run connector` puts it. */
  connectorJar?: string;
  /** When an alarm about the analytics themselves is raised, and who is told. */
  alarms?: AlarmOptions;
  /** Whether `destroy` stops at a failure bucket with results in it, or deletes them. Default: `retain`, it stops. */
  failuresOnDestroy?: "retain" | "delete";
  /** Changes to each child, by its name in `nodes`; `results` to what ConsumerFunction's `transform` names. */
  transform?: {
    application?: Transform<aws.kinesisanalyticsv2.ApplicationArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    bucket?: PrivateBucketArgs["transform"];
    resultStream?: Transform<aws.kinesis.StreamArgs>;
    topic?: Transform<aws.sns.TopicArgs>;
    dashboard?: Transform<aws.cloudwatch.DashboardArgs>;
    alarms?: Transform<aws.cloudwatch.MetricAlarmArgs>;
    results?: ConsumerFunctionOptions["transform"];
  };
}

const DEFAULT_WINDOW_SECONDS = 60;
const DEFAULT_LATE_SECONDS = 30;

/** Where nothing changes, a window is told so much later: a pipeline that is behind by less loses no count by it. */
const QUIET_SECONDS = 300;

/** A job stops, keeps its state and starts within minutes; this is the time of several tries. */
const DEFAULT_START_SECONDS_BACK = 900;

/** How often the job's state is kept, and how long it rests between, in milliseconds. */
const CHECKPOINT_MS = 60_000;
const CHECKPOINT_PAUSE_MS = 5000;

/** The bundle of the function that reads what the application finds. */
const RESULTS_BUNDLE = "analyticsResults";

/**
 * Counts the changes of each table by windows of time for a dashboard, and tells an SNS topic what rules ask for: Flink
 * SQL over the change stream, run by Amazon Managed Service for Apache Flink.
 *
 * ```ts
 * new Analytics("analytics", {
 *   streamArn: pipeline.streamArn,
 *   kmsKeyArn: pipeline.kmsKeyArn,
 *   alerts: [{ name: "large-order", tables: ["orders"], when: [{ column: "total", is: ">", value: 1000 }] }],
 * });
 * ```
 */
export class Analytics extends Component {
  /** The application's name. */
  readonly applicationName: pulumi.Output<string>;
  /** The topic that is told of alerts. Nobody is subscribed to it yet. */
  readonly topicArn: pulumi.Output<string>;
  /** The dashboard's name. */
  readonly dashboardName: pulumi.Output<string>;
  /** The name of the bucket for results that could not be told. */
  readonly failureBucketName: pulumi.Output<string>;

  private readonly bucket: CodeBucket;
  private readonly code: aws.s3.BucketObjectv2;
  private readonly resultStream: aws.kinesis.Stream;
  private readonly topic: aws.sns.Topic;
  private readonly results: ConsumerFunction;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly role: aws.iam.Role;
  private readonly application: aws.kinesisanalyticsv2.Application;
  private readonly alarms: aws.cloudwatch.MetricAlarm[];
  private readonly dashboard: aws.cloudwatch.Dashboard;

  constructor(name: string, args: AnalyticsArgs, opts?: pulumi.ComponentResourceOptions) {
    checkAnalytics(args).throwIfAny(`analytics "${name}"`);
    const settings = { windowSeconds: args.windowSeconds, alerts: args.alerts?.map((rule) => rule.name) };
    super("Analytics", name, settings, args.tags, opts);
    const { kmsKeyArn, tags, transform } = args;

    this.resultStream = this.createResultStream(name, args);
    this.topic = this.createTopic(name, args);
    this.results = this.createResults(name, args);
    this.bucket = new CodeBucket(
      `${name}-code`,
      { kmsKeyArn, tags, transform: transform?.bucket },
      { parent: this },
    );
    this.code = this.createCode(name, args);
    this.logGroup = new aws.cloudwatch.LogGroup(
      ...this.tagged<aws.cloudwatch.LogGroupArgs>(
        `${name}-application-logs`,
        { retentionInDays: args.logRetentionDays ?? DEFAULT_FUNCTION.logRetentionDays, kmsKeyId: kmsKeyArn },
        transform?.logGroup,
      ),
    );
    this.role = this.createRole(name, args);
    this.application = this.createApplication(name, args);
    this.applicationName = this.application.name;
    const watched = { applicationName: this.applicationName, streamName: streamName(args) };
    this.alarms = this.createAlarms(name, args, watched);
    this.dashboard = this.createDashboard(name, args, watched);

    this.topicArn = this.topic.arn;
    this.dashboardName = this.dashboard.dashboardName;
    this.failureBucketName = this.results.failureBucketName;
    this.registerOutputs({
      applicationName: this.applicationName,
      topicArn: this.topicArn,
      dashboardName: this.dashboardName,
      failureBucketName: this.failureBucketName,
    });
  }

  /** The resources underneath; `results` is the function that reads what the application finds. */
  get nodes() {
    return {
      application: this.application,
      role: this.role,
      logGroup: this.logGroup,
      bucket: this.bucket,
      code: this.code,
      resultStream: this.resultStream,
      results: this.results.nodes,
      topic: this.topic,
      dashboard: this.dashboard,
      alarms: this.alarms,
    };
  }

  private createResultStream(name: string, { kmsKeyArn, transform }: AnalyticsArgs): aws.kinesis.Stream {
    const streamArgs: aws.kinesis.StreamArgs = {
      streamModeDetails: { streamMode: "ON_DEMAND" },
      // As long as the changes: what waits for the function is not lost before they are.
      retentionPeriod: DEFAULT_RETENTION_HOURS,
      encryptionType: "KMS",
      kmsKeyId: kmsKeyArn,
      enforceConsumerDeletion: true,
    };
    return new aws.kinesis.Stream(...this.tagged(`${name}-results`, streamArgs, transform?.resultStream));
  }

  private createTopic(name: string, { kmsKeyArn, transform }: AnalyticsArgs): aws.sns.Topic {
    const topicArgs: aws.sns.TopicArgs = { kmsMasterKeyId: kmsKeyArn };
    const topic = new aws.sns.Topic(...this.tagged(`${name}-alerts`, topicArgs, transform?.topic));
    new aws.sns.TopicPolicy(
      ...this.child<aws.sns.TopicPolicyArgs>(`${name}-alerts`, {
        arn: topic.arn,
        policy: topic.arn.apply(topicPolicy),
      }),
    );
    return topic;
  }

  private createResults(name: string, args: AnalyticsArgs): ConsumerFunction {
    const { kmsKeyArn, logRetentionDays, alarms, failuresOnDestroy, tags, transform } = args;
    return new ConsumerFunction(
      `${name}-results`,
      {
        streamArn: this.resultStream.arn,
        kmsKeyArn,
        description: `tells what the analytics ${name} find`,
        bundle: RESULTS_BUNDLE,
        callbackFactory: resultsCallback(),
        environment: { ANALYTICS: ownName(name), TOPIC_ARN: this.topic.arn },
        permissions: [
          { actions: ["sns:Publish"], resources: [this.topic.arn] },
          // To publish to an encrypted topic (SNS developer guide, "Managing encryption keys").
          { actions: ["kms:GenerateDataKey", "kms:Decrypt"], resources: [kmsKeyArn] },
        ],
        // A result has no row and no place in its order; what comes twice is told in docs/consumers/analytics.md.
        dropRepeats: false,
        memoryMib: 256,
        ...(logRetentionDays !== undefined && { logRetentionDays }),
        ...(alarms && { alarms }),
        ...(failuresOnDestroy && { failuresOnDestroy }),
        ...(tags && { tags }),
        ...(transform?.results && { transform: transform.results }),
      },
      { parent: this },
    );
  }

  private createCode(name: string, args: AnalyticsArgs): aws.s3.BucketObjectv2 {
    const { region } = awsContext(this);
    const { connectorJar = DEFAULT_CONNECTOR_JAR, alerts = [] } = args;
    const source = pulumi
      .output({ region, streamArn: args.streamArn, resultsArn: this.resultStream.arn })
      .apply((places) => {
        const job = analyticsJob({
          windowSeconds: args.windowSeconds ?? DEFAULT_WINDOW_SECONDS,
          lateSeconds: args.lateSeconds ?? DEFAULT_LATE_SECONDS,
          quietSeconds: QUIET_SECONDS,
          alerts,
          connectors: kinesisConnectors(places),
        });
        const main = mainProgram(job, args.startSecondsBack ?? DEFAULT_START_SECONDS_BACK);
        return new pulumi.asset.AssetArchive({
          [MAIN]: new pulumi.asset.StringAsset(main),
          [libraryPath(connectorJar)]: new pulumi.asset.FileAsset(resolve(connectorJar)),
        });
      });
    return new aws.s3.BucketObjectv2(
      ...this.tagged<aws.s3.BucketObjectv2Args>(
        `${name}-code`,
        { bucket: this.bucket.name, key: "application.zip", source, kmsKeyId: args.kmsKeyArn },
        undefined,
        // The object's version is what the application is told: the bucket has to keep versions by then.
        { dependsOn: [this.bucket] },
      ),
    );
  }

  private createRole(name: string, args: AnalyticsArgs): aws.iam.Role {
    const { accountId } = awsContext(this);
    const roleArgs: aws.iam.RoleArgs = {
      description: `rowstream: runs the analytics ${name}`,
      assumeRolePolicy: accountId.apply((account) => trustPolicy("kinesisanalytics.amazonaws.com", account)),
    };
    return new aws.iam.Role(...this.tagged(name, roleArgs, args.transform?.role));
  }

  private createPolicy(
    name: string,
    args: AnalyticsArgs,
    logStream: aws.cloudwatch.LogStream,
  ): aws.iam.RolePolicy {
    const { region } = awsContext(this);
    const policy = pulumi
      .output({
        region,
        streamArn: args.streamArn,
        kmsKeyArn: args.kmsKeyArn,
        resultsArn: this.resultStream.arn,
        codeArn: pulumi.interpolate`${this.bucket.arn}/${this.code.key}`,
        logGroupArn: this.logGroup.arn,
        logStreamArn: logStream.arn,
      })
      .apply(analyticsPolicy);
    return new aws.iam.RolePolicy(
      ...this.child<aws.iam.RolePolicyArgs>(name, { role: this.role.name, policy }),
    );
  }

  private createApplication(name: string, args: AnalyticsArgs): aws.kinesisanalyticsv2.Application {
    const logStream = new aws.cloudwatch.LogStream(
      ...this.child<aws.cloudwatch.LogStreamArgs>(name, {
        name: "application",
        logGroupName: this.logGroup.name,
      }),
    );
    const policy = this.createPolicy(name, args, logStream);
    const applicationArgs: aws.kinesisanalyticsv2.ApplicationArgs = {
      name: ownName(name),
      description: `rowstream: counts and alerts over the change stream`,
      runtimeEnvironment: "FLINK-1_20",
      applicationMode: "STREAMING",
      serviceExecutionRole: this.role.arn,
      startApplication: true,
      cloudwatchLoggingOptions: { logStreamArn: logStream.arn },
      applicationConfiguration: {
        applicationCodeConfiguration: {
          codeContentType: "ZIPFILE",
          codeContent: {
            s3ContentLocation: {
              bucketArn: this.bucket.arn,
              fileKey: this.code.key,
              objectVersion: this.code.versionId,
            },
          },
        },
        applicationSnapshotConfiguration: { snapshotsEnabled: true },
        environmentProperties: {
          propertyGroups: [
            {
              // What makes it a Python application (developer guide, "Create your ... Python application").
              propertyGroupId: "kinesis.analytics.flink.run.options",
              propertyMap: { python: MAIN, jarfile: libraryPath(args.connectorJar ?? DEFAULT_CONNECTOR_JAR) },
            },
          ],
        },
        runConfiguration: {
          applicationRestoreConfiguration: { applicationRestoreType: "RESTORE_FROM_LATEST_SNAPSHOT" },
          // Another rule is another graph: of a state that has no place in it, the job is to let go and start.
          flinkRunConfiguration: { allowNonRestoredState: true },
        },
        flinkApplicationConfiguration: {
          checkpointConfiguration: {
            configurationType: "CUSTOM",
            checkpointingEnabled: true,
            checkpointInterval: CHECKPOINT_MS,
            minPauseBetweenCheckpoints: CHECKPOINT_PAUSE_MS,
          },
          monitoringConfiguration: {
            configurationType: "CUSTOM",
            logLevel: args.logLevel ?? "INFO",
            metricsLevel: "APPLICATION",
          },
          parallelismConfiguration: {
            configurationType: "CUSTOM",
            parallelism: args.parallelism ?? 1,
            parallelismPerKpu: args.parallelismPerKpu ?? 1,
            autoScalingEnabled: args.autoScaling ?? true,
          },
        },
      },
    };
    return new aws.kinesisanalyticsv2.Application(
      ...this.tagged(name, applicationArgs, args.transform?.application, { dependsOn: [policy] }),
    );
  }

  private createAlarms(
    name: string,
    args: AnalyticsArgs,
    watched: WatchedApplication,
  ): aws.cloudwatch.MetricAlarm[] {
    return Object.entries(applicationAlarms(watched, args.alarms)).map(
      ([what, alarm]) =>
        new aws.cloudwatch.MetricAlarm(...this.tagged(`${name}-${what}`, alarm, args.transform?.alarms)),
    );
  }

  private createDashboard(
    name: string,
    args: AnalyticsArgs,
    watched: WatchedApplication,
  ): aws.cloudwatch.Dashboard {
    const dashboardArgs: aws.cloudwatch.DashboardArgs = {
      dashboardName: ownName(name),
      dashboardBody: analyticsDashboard({
        ...watched,
        region: awsContext(this).region,
        analytics: ownName(name),
        windowSeconds: args.windowSeconds ?? DEFAULT_WINDOW_SECONDS,
        alarmArns: [...this.alarms, ...this.results.nodes.alarms].map(({ arn }) => arn),
      }),
    };
    return new aws.cloudwatch.Dashboard(...this.child(name, dashboardArgs, args.transform?.dashboard));
  }
}

/** The name of what the component makes by name, in this stack. */
function ownName(name: string): string {
  return `${name}-${pulumi.getStack()}`;
}

/** The function that Pulumi serializes, as short as a handler's and for the same reasons. */
function resultsCallback() {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createAnalyticsResults } =
      require("./dist/lambda/analyticsResults.js") as typeof import("../../functions/analyticsResults");
    return createAnalyticsResults(process.env);
  };
}

function libraryPath(connectorJar: string): string {
  return `${LIBRARY_FOLDER}/${connectorName(connectorJar)}`;
}

function streamName({ streamArn }: AnalyticsArgs): pulumi.Output<string> {
  return pulumi.output(streamArn).apply((arn) => arn.slice(arn.indexOf("/") + 1));
}

function checkAnalytics(args: AnalyticsArgs): Faults {
  const faults = new Faults();
  checkStream(faults, args);
  checkAlertRules(faults, args.alerts);
  checkOneOf(faults, "windowSeconds", args.windowSeconds, [60, 300, 900, 3600]);
  checkWhole(faults, "lateSeconds", args.lateSeconds, { min: 0, max: 3600, unit: "seconds" });
  checkWhole(faults, "startSecondsBack", args.startSecondsBack, { min: 0, max: 604_800, unit: "seconds" });
  checkWhole(faults, "parallelism", args.parallelism, { min: 1, max: 64, unit: "tasks" });
  checkWhole(faults, "parallelismPerKpu", args.parallelismPerKpu, { min: 1, max: 8, unit: "tasks" });
  checkOneOf(faults, "autoScaling", args.autoScaling, [true, false]);
  checkOneOf(faults, "logLevel", args.logLevel, ["ERROR", "WARN", "INFO", "DEBUG"]);
  checkFunctionOptions(
    faults,
    args.logRetentionDays === undefined ? {} : { logRetentionDays: args.logRetentionDays },
  );
  checkConnectorJar(faults, args.connectorJar ?? DEFAULT_CONNECTOR_JAR);
  checkAlarms(faults, args.alarms);
  checkOneOf(faults, "failuresOnDestroy", args.failuresOnDestroy, ["retain", "delete"]);
  checkLambdaCode(faults, RESULTS_BUNDLE);
  return faults;
}
