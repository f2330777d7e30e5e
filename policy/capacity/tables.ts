import { resourcePolicy } from "../lib/policy";
import { TIER, type TierSettings } from "../lib/settings";
import { known } from "../lib/unknown";

/** What DMS gives each table that it makes (AWS DMS user guide, CHAP_Target.DynamoDB). */
const DMS_UNITS = 200;

/**
 * True of the tables in which the driver keeps how far the publishing of initial rows is, and a consumer which events
 * it has handled: they hold no rows of the source, nobody reads changes of them, and they go with the stack.
 */
function keepsProgress(urn: string): boolean {
  return /rowstream:pipeline:(LoadProgress|AppliedTable)\$/.test(urn);
}

export const tableCapacityChosen = resourcePolicy(
  {
    group: "capacity",
    name: "table-capacity-chosen",
    what: "No table keeps the capacity that DMS made it with.",
    why: "DMS provisions 200 read and 200 write units, which cost about 114 USD a month and table, used or not.",
    remedy: "set billingMode to PAY_PER_REQUEST, or capacities of your own with autoscaling",
    severity: "high",
    controls: ["SecurityHub.DynamoDB.1", "WellArchitected.COST09-BP03"],
  },
  "aws:dynamodb/table:Table",
  (table, _config, { ignoreChanges }) => {
    if (table.billingMode === "PAY_PER_REQUEST") return undefined;
    // An autoscaler moves these two from where DMS left them; whether there is one, table-autoscaled tells.
    if (["readCapacity", "writeCapacity"].every((units) => ignoreChanges.includes(units))) return undefined;
    return table.readCapacity === DMS_UNITS && table.writeCapacity === DMS_UNITS
      ? `the table is provisioned with ${DMS_UNITS} read and ${DMS_UNITS} write units, as DMS made it`
      : undefined;
  },
);

export const tableOnDemandCeiling = resourcePolicy<
  "aws:dynamodb/table:Table",
  { maxReadUnits: number; maxWriteUnits: number }
>(
  {
    group: "capacity",
    name: "table-on-demand-ceiling",
    what: "An on-demand table has a ceiling on its reads and writes.",
    why: "Without one, a runaway update of the source is paid for at any speed that it comes.",
    remedy: "set onDemandThroughput to at most the policy's maxReadUnits and maxWriteUnits",
    severity: "low",
    controls: ["WellArchitected.COST02-BP05"],
    level: "advisory",
    settings: {
      maxReadUnits: {
        type: "integer",
        default: 40_000,
        description: "The highest ceiling on reads, in units a second",
      },
      maxWriteUnits: {
        type: "integer",
        default: 40_000,
        description: "The highest ceiling on writes, in units a second",
      },
    },
  },
  "aws:dynamodb/table:Table",
  (table, { maxReadUnits, maxWriteUnits }) => {
    if (table.billingMode !== "PAY_PER_REQUEST") return undefined;
    const ceilings = [
      ["reads", table.onDemandThroughput?.maxReadRequestUnits, maxReadUnits],
      ["writes", table.onDemandThroughput?.maxWriteRequestUnits, maxWriteUnits],
    ] as const;
    const faults = ceilings.flatMap(([what, ceiling, most]) => {
      // -1 is the provider's word for no ceiling.
      if (ceiling === undefined || ceiling < 0) return [`there is no ceiling on its ${what}`];
      return ceiling > most ? [`the ceiling on its ${what} is ${ceiling}, above ${most}`] : [];
    });
    return faults.length > 0 ? faults.join(", ") : undefined;
  },
);

export const tableStreamImages = resourcePolicy(
  {
    group: "capacity",
    name: "table-stream-images",
    what: "A table's stream carries the new and the old image of each row.",
    why: "With any other view the events lack what a row was, or what it is.",
    remedy: "set streamEnabled to true and streamViewType to NEW_AND_OLD_IMAGES",
    severity: "high",
  },
  "aws:dynamodb/table:Table",
  (table, _config, { urn }) => {
    if (keepsProgress(urn)) return undefined;
    if (table.streamEnabled !== true) return "the table has no stream";
    return table.streamViewType === "NEW_AND_OLD_IMAGES"
      ? undefined
      : `the table's stream carries ${table.streamViewType ?? "no images"}`;
  },
);

export const tableRecovery = resourcePolicy(
  {
    group: "capacity",
    name: "table-recovery",
    what: "A table can be restored to any second of the last 35 days.",
    why: "It holds the only copy of the current state outside the source, and a mistake in it is replicated at once.",
    remedy: "set pointInTimeRecovery.enabled to true",
    severity: "medium",
    controls: ["SecurityHub.DynamoDB.2", "WellArchitected.REL09-BP03"],
  },
  "aws:dynamodb/table:Table",
  (table) =>
    table.pointInTimeRecovery?.enabled === true ? undefined : "the table has no point-in-time recovery",
  (table) => {
    if (known(() => table.pointInTimeRecovery?.enabled) === true) return false;
    table.pointInTimeRecovery = { enabled: true };
    return true;
  },
);

export const tableDeletionProtection = resourcePolicy<"aws:dynamodb/table:Table", TierSettings>(
  {
    group: "capacity",
    name: "table-deletion-protection",
    what: "In production a table is protected against deletion.",
    why: "DMS, a person or a destroyed stack would otherwise delete it with its stream and its mapping.",
    remedy: 'set deletionProtectionEnabled to true (rowstream: tablesOnDestroy "retain")',
    severity: "medium",
    controls: ["SecurityHub.DynamoDB.6"],
    settings: { tier: TIER },
  },
  "aws:dynamodb/table:Table",
  (table, { tier }, { urn }) =>
    tier === "production" && table.deletionProtectionEnabled !== true && !keepsProgress(urn)
      ? "the table is not protected against deletion"
      : undefined,
);
