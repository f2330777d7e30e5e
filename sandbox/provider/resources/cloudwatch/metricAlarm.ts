import { arn, recorded } from "../../recorded";

/** aws.cloudwatch.MetricAlarm, recorded: nothing in the sandbox sends metrics. Its id is its name. */
export const metricAlarm = recorded({
  autoName: { property: "name" },
  replaceOn: ["name"],
  sets: ["alarmActions", "insufficientDataActions", "okActions"],
  id: ({ name }) => String(name),
  outputs: ({ evaluateLowSampleCountPercentiles }, id, context) => ({
    arn: arn("cloudwatch", `alarm:${id}`, context),
    evaluateLowSampleCountPercentiles: evaluateLowSampleCountPercentiles ?? "",
  }),
});
