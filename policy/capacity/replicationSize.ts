import { resourcePolicy } from "../lib/policy";
import { TIER, type Tier, type TierSettings } from "../lib/settings";

const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
const CONFIG = "aws:dms/replicationConfig:ReplicationConfig";

/** The instance families of a tier. Burstable ones have no credits left for a long load. */
const FAMILIES: Record<Tier, readonly string[]> = {
  dev: ["t3", "c5", "c6i", "r5", "r6i"],
  production: ["c5", "c6i", "r5", "r6i"],
};

export const dmsInstanceClass = resourcePolicy<typeof INSTANCE, TierSettings & { classes: string[] }>(
  {
    group: "capacity",
    name: "dms-instance-class",
    what: "The replication instance is of a class that its tier allows.",
    why: "Old families are being withdrawn, and a burstable one runs out of credits in a long load.",
    remedy:
      "choose an allowed class (rowstream: replication.instance.class), or list it in the policy's classes",
    severity: "medium",
    settings: {
      tier: TIER,
      classes: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "The allowed classes; none means the tier's families, burstable ones in dev only",
      },
    },
  },
  INSTANCE,
  ({ replicationInstanceClass = "none" }, { tier, classes }) => {
    if (classes.length > 0) {
      return classes.includes(replicationInstanceClass)
        ? undefined
        : `the instance's class is ${replicationInstanceClass}; allowed are ${classes.join(", ")}`;
    }
    const family = replicationInstanceClass.split(".")[1] ?? "";
    return FAMILIES[tier].includes(family)
      ? undefined
      : `the instance's class is ${replicationInstanceClass}; the families of ${tier} are ${FAMILIES[tier].join(", ")}`;
  },
);

export const dmsInstanceStorage = resourcePolicy<typeof INSTANCE, { minGib: number; maxGib: number }>(
  {
    group: "capacity",
    name: "dms-instance-storage",
    what: "The replication instance has storage within bounds.",
    why: "A full disk stops the task, and changes are kept on it while the target is slow; what is too much is paid for.",
    remedy: "set allocatedStorage (rowstream: replication.instance.storageGib) within the policy's bounds",
    severity: "medium",
    settings: {
      minGib: { type: "integer", default: 50, description: "The least storage, in GiB" },
      maxGib: { type: "integer", default: 1000, description: "The most storage, in GiB" },
    },
  },
  INSTANCE,
  ({ allocatedStorage }, { minGib, maxGib }) => {
    if (allocatedStorage === undefined) return "the instance's storage is left to the service";
    return allocatedStorage >= minGib && allocatedStorage <= maxGib
      ? undefined
      : `the instance has ${allocatedStorage} GiB of storage; allowed are ${minGib} to ${maxGib}`;
  },
);

export const dmsMultiAz = resourcePolicy<typeof INSTANCE | typeof CONFIG, TierSettings>(
  {
    group: "capacity",
    name: "dms-multi-az",
    what: "In production the replication has a standby in a second availability zone.",
    why: "Without one, the events stop for as long as it takes to make a new one, and the source keeps its log for it.",
    remedy: "set multiAz to true (rowstream: replication.instance.multiAz or replication.serverless.multiAz)",
    severity: "medium",
    controls: ["SecurityHub.DMS.13", "WellArchitected.REL10-BP01"],
    settings: { tier: TIER },
  },
  [INSTANCE, CONFIG],
  (props, { tier }) => {
    const multiAz =
      "computeConfig" in props ? props.computeConfig?.multiAz : (props as { multiAz?: boolean }).multiAz;
    return tier === "production" && multiAz !== true
      ? "the replication runs in one availability zone"
      : undefined;
  },
);

export const dmsInstancePatches = resourcePolicy(
  {
    group: "capacity",
    name: "dms-instance-patches",
    what: "The replication instance takes minor versions by itself.",
    why: "DMS withdraws versions within two years, and an instance on a withdrawn one is upgraded when it suits nobody.",
    remedy: "set autoMinorVersionUpgrade to true (rowstream: leave replication.instance.engineVersion out)",
    severity: "medium",
    level: "advisory",
    controls: ["SecurityHub.DMS.6"],
  },
  INSTANCE,
  ({ autoMinorVersionUpgrade }) =>
    autoMinorVersionUpgrade === false ? "the instance takes no minor versions" : undefined,
);

export const dmsServerlessRange = resourcePolicy<typeof CONFIG, { minDcu: number; maxDcu: number }>(
  {
    group: "capacity",
    name: "dms-serverless-range",
    what: "DMS Serverless scales within bounds.",
    why: "It is paid by capacity and hour; with too little of it, memory runs out in the load.",
    remedy:
      "set computeConfig (rowstream: replication.serverless.minDcu and maxDcu) within the policy's bounds",
    severity: "medium",
    settings: {
      minDcu: { type: "integer", default: 1, description: "The lowest minimum, in DCU of 2 GB" },
      maxDcu: { type: "integer", default: 64, description: "The highest maximum, in DCU of 2 GB" },
    },
  },
  CONFIG,
  ({ computeConfig }, { minDcu, maxDcu }) => {
    // 1 is the service's own.
    const least = computeConfig?.minCapacityUnits ?? 1;
    const most = computeConfig?.maxCapacityUnits;
    if (most === undefined) return "the replication has no maxCapacityUnits";
    return least >= minDcu && most <= maxDcu
      ? undefined
      : `the replication scales from ${least} to ${most} DCU; allowed are ${minDcu} to ${maxDcu}`;
  },
);
