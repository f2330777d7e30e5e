import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { checkWhole } from "../checks";
import type { Faults } from "../faults";

/** When a consumer raises an alarm, and who is told. */
export interface AlarmOptions {
  /**
   * How far the consumer may fall behind for five minutes, in seconds, 60 to 604800. Default: 600. A day of the
   * stream's retention is gone before a consumer that stands still loses anything; keep well below it.
   */
  behindSeconds?: number;
  /** The SNS topics that are told when an alarm is raised and when it ends. Default: none. */
  topicArns?: pulumi.Input<string>[];
}

/** What is raised beside the name of the alarm and who is told. */
export type AlarmRule = Pick<
  aws.cloudwatch.MetricAlarmArgs,
  | "alarmDescription"
  | "namespace"
  | "metricName"
  | "dimensions"
  | "statistic"
  | "period"
  | "evaluationPeriods"
  | "threshold"
>;

const DEFAULT_BEHIND_SECONDS = 600;

/** Seconds over which a metric is put together. */
const MINUTE = 60;

/** The arguments of an alarm that is raised from its threshold on; where there are no data, nothing is wrong. */
export function alarmArgs(rule: AlarmRule, { topicArns }: AlarmOptions = {}): aws.cloudwatch.MetricAlarmArgs {
  return {
    ...rule,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
    alarmActions: topicArns,
    okActions: topicArns,
  };
}

/** The threshold for how far a consumer may fall behind, in milliseconds. */
export function behindMilliseconds(alarms: AlarmOptions = {}): number {
  return (alarms.behindSeconds ?? DEFAULT_BEHIND_SECONDS) * 1000;
}

/**
 * What there is to say of a function behind a mapping: that it falls behind (a failing event holds its shard up, and
 * shows here), that it fails as a whole, and that its mapping has given up on events.
 */
export function functionAlarms(
  functionName: pulumi.Input<string>,
  mappingId: pulumi.Input<string>,
  alarms?: AlarmOptions,
): Record<"behind" | "errors" | "given-up", aws.cloudwatch.MetricAlarmArgs> {
  const ofFunction = { namespace: "AWS/Lambda", dimensions: { FunctionName: functionName } };
  return {
    behind: alarmArgs(
      {
        ...ofFunction,
        alarmDescription:
          "the consumer falls behind the change stream: it is too slow, or an event fails again and again",
        metricName: "IteratorAge",
        statistic: "Maximum",
        period: MINUTE,
        evaluationPeriods: 5,
        threshold: behindMilliseconds(alarms),
      },
      alarms,
    ),
    errors: alarmArgs(
      {
        ...ofFunction,
        alarmDescription: "the consumer's function fails as a whole: see the last lines of its log",
        metricName: "Errors",
        statistic: "Sum",
        period: 5 * MINUTE,
        evaluationPeriods: 1,
        threshold: 1,
      },
      alarms,
    ),
    "given-up": alarmArgs(
      {
        alarmDescription: "the consumer has given up on events: they lie in its failure bucket",
        namespace: "AWS/Lambda",
        dimensions: { EventSourceMappingUUID: mappingId },
        metricName: "OnFailureDestinationDeliveredEventCount",
        statistic: "Sum",
        period: 5 * MINUTE,
        evaluationPeriods: 1,
        threshold: 1,
      },
      alarms,
    ),
  };
}

/** Checks the alarms' options. */
export function checkAlarms(faults: Faults, alarms: AlarmOptions = {}): void {
  checkWhole(faults, "alarms.behindSeconds", alarms.behindSeconds, {
    min: 60,
    max: 604_800,
    unit: "seconds",
  });
}
