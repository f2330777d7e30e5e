import { resourcePolicy } from "../lib/policy";
import { known } from "../lib/unknown";

/** What the remediation sets, in days: the retention of rowstream's own log groups. */
const DEFAULT_DAYS = 30;

export const logGroupRetention = resourcePolicy<
  "aws:cloudwatch/logGroup:LogGroup",
  { minDays: number; maxDays: number }
>(
  {
    group: "encryption",
    name: "log-group-retention",
    what: "A log group forgets its lines after a while.",
    why: "Rows that failed are in them, and lines without a retention are kept, and paid for, for ever.",
    remedy: "set retentionInDays (rowstream: fanIn.logRetentionDays) within the policy's bounds",
    severity: "low",
    controls: ["SecurityHub.CloudWatch.16"],
    settings: {
      minDays: { type: "integer", default: 1, description: "The shortest retention, in days" },
      maxDays: { type: "integer", default: 3653, description: "The longest retention, in days" },
    },
  },
  "aws:cloudwatch/logGroup:LogGroup",
  // 0 is the provider's word for ever.
  ({ retentionInDays = 0 }, { minDays, maxDays }) => {
    if (retentionInDays === 0) return "the log group keeps its lines for ever";
    return retentionInDays >= minDays && retentionInDays <= maxDays
      ? undefined
      : `the log group keeps its lines for ${retentionInDays} days; allowed are ${minDays} to ${maxDays}`;
  },
  (group) => {
    if (known(() => group.retentionInDays)) return false;
    group.retentionInDays = DEFAULT_DAYS;
    return true;
  },
);
