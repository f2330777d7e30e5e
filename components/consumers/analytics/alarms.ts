import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type AlarmOptions, alarmArgs, behindMilliseconds } from "../alarms";

/** The namespace of the service's metrics. */
export const FLINK_METRICS = "AWS/KinesisAnalytics";

/** What is watched. */
export interface WatchedApplication {
  /** The application's name. */
  applicationName: pulumi.Input<string>;
  /** The change stream's name. */
  streamName: pulumi.Input<string>;
}

const MINUTE = 60;

/**
 * What there is to say of an application (Managed Service for Apache Flink developer guide, "Use CloudWatch Alarms"):
 * that it is down, that it starts over, that it cannot keep its state, that it falls behind, that it leaves out of its
 * counts what comes too late. How far it is behind, the stream's own metric says, of the reader that is the furthest
 * behind: in which dimensions the connector's own would come is documented of the older connector alone.
 */
export function applicationAlarms(
  { applicationName, streamName }: WatchedApplication,
  alarms?: AlarmOptions,
): Record<string, aws.cloudwatch.MetricAlarmArgs> {
  const ofApplication = {
    namespace: FLINK_METRICS,
    dimensions: { Application: applicationName },
    statistic: "Maximum",
  };
  return {
    down: alarmArgs(
      {
        ...ofApplication,
        alarmDescription: "the analytics are down, and tell nothing: see the last errors in their log",
        metricName: "downtime",
        period: MINUTE,
        evaluationPeriods: 5,
        threshold: 1,
      },
      alarms,
    ),
    restarts: growthArgs(
      "fullRestarts",
      "the analytics fail and start over from their last checkpoint: see the last errors in their log",
      3,
      ofApplication,
      alarms,
    ),
    checkpoints: growthArgs(
      "numberOfFailedCheckpoints",
      "the analytics cannot keep their state: after a failure they begin where the last good checkpoint is",
      1,
      ofApplication,
      alarms,
    ),
    behind: alarmArgs(
      {
        alarmDescription:
          "a reader of the change stream falls behind, the analytics or another one: see the application's CPU and backpressure",
        namespace: "AWS/Kinesis",
        metricName: "GetRecords.IteratorAgeMilliseconds",
        dimensions: { StreamName: streamName },
        statistic: "Maximum",
        period: MINUTE,
        evaluationPeriods: 5,
        threshold: behindMilliseconds(alarms),
      },
      alarms,
    ),
    late: growthArgs(
      "numLateRecordsDropped",
      "changes came too late to be counted: a table's events are behind the others', raise lateSeconds if it stays so",
      1,
      ofApplication,
      alarms,
    ),
  };
}

/** An alarm for a metric that counts since the application started: for what came to it within five minutes. */
function growthArgs(
  metricName: string,
  alarmDescription: string,
  threshold: number,
  {
    namespace,
    dimensions,
    statistic: stat,
  }: {
    namespace: string;
    dimensions: Record<string, pulumi.Input<string>>;
    statistic: string;
  },
  { topicArns }: AlarmOptions = {},
): aws.cloudwatch.MetricAlarmArgs {
  return {
    alarmDescription,
    metricQueries: [
      {
        id: "since",
        metric: { namespace, metricName, dimensions, stat, period: 5 * MINUTE },
      },
      { id: "came", expression: "DIFF(since)", label: metricName, returnData: true },
    ],
    evaluationPeriods: 1,
    threshold,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
    alarmActions: topicArns,
    okActions: topicArns,
  };
}
