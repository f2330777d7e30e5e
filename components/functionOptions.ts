import type * as pulumi from "@pulumi/pulumi";
import { checkOneOf, checkWhole } from "./checks";
import type { Faults } from "./faults";

/** The retentions that CloudWatch Logs knows, in days. */
const LOG_RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** The size of a function, and how long what it leaves behind is kept. */
export interface FunctionOptions {
  /** Memory in MiB, 128 to 10240; processor power grows with it. Default: 512. */
  memoryMib?: pulumi.Input<number>;
  /**
   * How long one batch may take, in seconds, 10 to 900. Default: 60: room for what is throttled to be tried again
   * before the batch is given back to the mapping.
   */
  timeoutSeconds?: pulumi.Input<number>;
  /** How long the function's log lines are kept, in days, of CloudWatch's values. Default: 30. */
  logRetentionDays?: pulumi.Input<number>;
  /** How long what the mapping gives up on is kept, in days, 1 to 3650. Default: 90. */
  failureRetentionDays?: pulumi.Input<number>;
  /** The function's role. Default: one is made with exactly the rights it needs. */
  roleArn?: pulumi.Input<string>;
}

/** Where the user says nothing. */
export const DEFAULT_FUNCTION = { memoryMib: 512, timeoutSeconds: 60, logRetentionDays: 30 } as const;

/** Checks a function's options. */
export function checkFunctionOptions(faults: Faults, args: FunctionOptions): void {
  checkWhole(faults, "memoryMib", args.memoryMib, { min: 128, max: 10_240, unit: "MiB" });
  checkWhole(faults, "timeoutSeconds", args.timeoutSeconds, { min: 10, max: 900, unit: "seconds" });
  checkOneOf(faults, "logRetentionDays", args.logRetentionDays, LOG_RETENTIONS);
  checkWhole(faults, "failureRetentionDays", args.failureRetentionDays, { min: 1, max: 3650, unit: "days" });
}
