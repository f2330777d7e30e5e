import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { COMMIT_TO_EVENT_LATENCY } from "../../functions/heartbeat/latency";
import { INSPECTOR_METRICS } from "../../functions/inspection";
import {
  exceptionWrites,
  fanInMetric,
  instanceMetric,
  type Metric,
  ownMetric,
  replicationMetric,
  streamMetric,
  type Watched,
} from "./metrics";
import type { AlarmThresholds } from "./thresholds";

/** An alarm, all but its name and who is told. */
export interface AlarmRule {
  metric: Metric;
  /** What is wrong, and what to do. */
  description: string;
  statistic: "Maximum" | "Minimum" | "Sum";
  /** Seconds over which the metric is put together. */
  period: number;
  /** How many periods in a row the threshold must be passed. */
  periods: number;
  threshold: pulumi.Input<number>;
  /** Whether it is raised from the threshold down. Default: from the threshold up. */
  below?: boolean;
  /**
   * What no data mean: `notBreaching`, that nothing happened; `breaching`, the fault itself; `ignore`, nothing, what was
   * raised stays raised; `missing`, that nobody knows.
   */
  noData: "notBreaching" | "breaching" | "ignore" | "missing";
  /** Whether it is told when there are no data. Default: false. */
  tellsNoData?: boolean;
}

const MINUTE = 60;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** The alarms of a pipeline, by the end of their names. */
export function alarmRules(watched: Watched, limits: Required<AlarmThresholds>): Record<string, AlarmRule> {
  return {
    ...replicationAlarms(watched, limits),
    ...sizeAlarms(watched, limits),
    ...tableAlarms(watched, limits),
    ...publishingAlarms(watched, limits),
    ...heartbeatAlarms(watched, limits),
  };
}

/** What CloudWatch is given for a rule. */
export function alarmArgs(rule: AlarmRule): aws.cloudwatch.MetricAlarmArgs {
  return {
    ...rule.metric,
    alarmDescription: rule.description,
    statistic: rule.statistic,
    period: rule.period,
    evaluationPeriods: rule.periods,
    threshold: rule.threshold,
    comparisonOperator: rule.below ? "LessThanOrEqualToThreshold" : "GreaterThanOrEqualToThreshold",
    treatMissingData: rule.noData,
  };
}

function replicationAlarms(watched: Watched, limits: Required<AlarmThresholds>): Record<string, AlarmRule> {
  // A task that stops sends no more: what it was late by when it stopped is not mended by that.
  const late = { statistic: "Maximum", period: MINUTE, periods: 5, noData: "ignore" } as const;
  return {
    "replication-stopped": {
      metric: ownMetric(watched, INSPECTOR_METRICS.stopped),
      description:
        "The replication does not run, or the inspector has gone quiet: the source keeps its log until it goes on. See the task and its log; rowstream up resumes it.",
      statistic: "Maximum",
      period: 5 * MINUTE,
      periods: 3,
      threshold: 1,
      noData: "missing",
      tellsNoData: true,
    },
    "source-latency": {
      ...late,
      metric: replicationMetric(watched, "CDCLatencySource"),
      description:
        "DMS is behind the source's log: the source or the way to it is slow, a transaction is long, or the instance is too small.",
      threshold: limits.sourceLatencySeconds,
    },
    "target-latency": {
      ...late,
      metric: replicationMetric(watched, "CDCLatencyTarget"),
      description:
        "DynamoDB is behind the source. With source-latency: begin there. Alone: a table throttles, or there is more than DMS applies one by one.",
      threshold: limits.targetLatencySeconds,
    },
    "apply-exceptions": {
      metric: exceptionWrites,
      description:
        "DMS could not apply a change and wrote it to awsdms_apply_exceptions, which all replications of the account and region share. rowstream verify names the rows that differ.",
      statistic: "Sum",
      period: 5 * MINUTE,
      periods: 1,
      threshold: limits.applyExceptions,
      noData: "notBreaching",
    },
  };
}

function sizeAlarms(
  { replication, ...rest }: Watched,
  limits: Required<AlarmThresholds>,
): Record<string, AlarmRule> {
  if ("configArn" in replication) {
    return {
      capacity: {
        metric: replicationMetric({ replication, ...rest }, "CapacityUtilization"),
        description:
          "The serverless replication uses nearly all memory that it has: raise replication.serverless.maxDcu, or it fails.",
        statistic: "Maximum",
        period: 5 * MINUTE,
        periods: 3,
        threshold: limits.capacityPercent,
        noData: "ignore",
      },
    };
  }
  const { instanceId, storageGib } = replication;
  const free = { statistic: "Minimum", period: 5 * MINUTE, below: true, noData: "missing" } as const;
  return {
    "free-storage": {
      ...free,
      metric: instanceMetric(instanceId, "FreeStorageSpace"),
      description:
        "The replication instance runs out of storage, where it keeps changes of long transactions: raise replication.instance.storageGib before the task fails.",
      periods: 1,
      threshold: pulumi
        .output(storageGib)
        .apply((gib) => Math.round((gib * GIB * limits.freeStoragePercent) / 100)),
    },
    "free-memory": {
      ...free,
      metric: instanceMetric(instanceId, "FreeableMemory"),
      description:
        "The replication instance runs out of memory and will swap changes to its storage: choose a larger replication.instance.class.",
      periods: 3,
      threshold: limits.freeMemoryMib * MIB,
    },
  };
}

function tableAlarms(watched: Watched, limits: Required<AlarmThresholds>): Record<string, AlarmRule> {
  // While the inspector is quiet, which replication-stopped tells, what it found last still holds.
  const found = { statistic: "Maximum", period: 5 * MINUTE, noData: "ignore" } as const;
  return {
    "suspended-tables": {
      ...found,
      metric: ownMetric(watched, INSPECTOR_METRICS.suspended),
      description:
        "DMS has given up on tables: their changes stay in the source. The inspector's log names them; rowstream reload loads one again.",
      periods: 1,
      threshold: limits.suspendedTables,
    },
    "unfed-tables": {
      ...found,
      metric: ownMetric(watched, INSPECTOR_METRICS.unfed),
      description:
        "Tables are replicated and their changes become no events: they are new, or their stream or mapping is missing. The inspector's log names them; rowstream up takes them in.",
      periods: 3,
      threshold: limits.unfedTables,
    },
    "failure-objects": {
      ...found,
      metric: ownMetric(watched, INSPECTOR_METRICS.failures),
      description:
        "Records that could not be published lie in the failure bucket. rowstream redrive publishes them.",
      periods: 1,
      threshold: limits.failureObjects,
    },
  };
}

/** The least time of one of the three periods, in minutes: a replication may stand still for `rowstream up`. */
const LEAST_HEARTBEAT_PERIOD = 5;

/** How long one of the three periods of the heartbeat's alarm is, in seconds: each sees a heartbeat, or the lack of one. */
export function heartbeatPeriod(intervalMinutes: number): number {
  return Math.max(LEAST_HEARTBEAT_PERIOD, intervalMinutes) * MINUTE;
}

function heartbeatAlarms(watched: Watched, limits: Required<AlarmThresholds>): Record<string, AlarmRule> {
  const { heartbeatMinutes } = watched;
  if (heartbeatMinutes === undefined) return {};
  return {
    "heartbeat-latency": {
      metric: ownMetric(watched, COMMIT_TO_EVENT_LATENCY),
      description:
        "A row that was written to the source came out late, or never: see replication-stopped, source-latency, target-latency and iterator-age for where it waits. With all of them quiet, see the log of the heartbeat's function, which may not reach the source.",
      statistic: "Maximum",
      period: heartbeatPeriod(heartbeatMinutes),
      periods: 3,
      threshold: limits.heartbeatLatencySeconds * 1000,
      noData: "breaching",
    },
  };
}

function publishingAlarms(watched: Watched, limits: Required<AlarmThresholds>): Record<string, AlarmRule> {
  // A function that is not invoked and a stream that is not written to have nothing to say.
  const counted = { statistic: "Sum", period: 5 * MINUTE, noData: "notBreaching" } as const;
  return {
    "iterator-age": {
      metric: fanInMetric(watched, "IteratorAge"),
      description:
        "The fan-in is behind a table's stream, which forgets a change after 24 hours: it fails, is throttled or is too slow. See its log and fan-in-errors.",
      statistic: "Maximum",
      period: MINUTE,
      periods: 5,
      threshold: limits.iteratorAgeSeconds * 1000,
      noData: "notBreaching",
    },
    "fan-in-errors": {
      ...counted,
      metric: fanInMetric(watched, "Errors"),
      description:
        "The fan-in fails as a whole: its batches come again until they are a day old. See its log.",
      periods: 1,
      threshold: limits.fanInErrors,
    },
    "fan-in-throttles": {
      ...counted,
      metric: fanInMetric(watched, "Throttles"),
      description:
        "Lambda has no room for the fan-in: the account's concurrency is used up. Its batches wait.",
      periods: 3,
      threshold: limits.fanInThrottles,
    },
    "stream-throttles": {
      ...counted,
      metric: streamMetric(watched, "WriteProvisionedThroughputExceeded"),
      description:
        "The change stream takes less than is written: give it shards, or on-demand time to grow. One row that changes very often is on one shard and is not helped.",
      periods: 3,
      threshold: limits.streamThrottles,
    },
  };
}
