import assert from "node:assert/strict";
import * as functions from "../../../policy/capacity/functions";
import * as mappings from "../../../policy/capacity/mappings";
import * as size from "../../../policy/capacity/replicationSize";
import * as stream from "../../../policy/capacity/stream";
import * as tables from "../../../policy/capacity/tables";
import * as totals from "../../../policy/capacity/tableTotals";
import * as task from "../../../policy/capacity/taskSettings";
import { check, checkStack, remediate, UNKNOWN } from "../../helpers/checkPolicy";
import { goodResources, goodTaskSettings } from "../../helpers/goodResources";
import { refuses } from "../../helpers/refuses";

const TABLE = "aws:dynamodb/table:Table";
const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
const CONFIG = "aws:dms/replicationConfig:ReplicationConfig";
const TASK = "aws:dms/replicationTask:ReplicationTask";
const STREAM = "aws:kinesis/stream:Stream";
const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const TARGET = "aws:appautoscaling/target:Target";
const PRODUCTION = { settings: { tier: "production" } };
const AS_DMS_MADE_IT = { billingMode: "PROVISIONED", readCapacity: 200, writeCapacity: 200 };

describe("capacity: tables", () => {
  const chosen =
    "the table is provisioned with 200 read and 200 write units, as DMS made it; set billingMode to PAY_PER_REQUEST, or capacities of your own with autoscaling";
  refuses(tables.tableCapacityChosen, TABLE, AS_DMS_MADE_IT, chosen);
  refuses(tables.tableCapacityChosen, TABLE, { ...AS_DMS_MADE_IT, billingMode: undefined }, chosen);
  it("lets an autoscaler move a table from where DMS left it", () => {
    const ignoreChanges = ["readCapacity", "writeCapacity"];
    assert.deepEqual(check(tables.tableCapacityChosen, TABLE, AS_DMS_MADE_IT, { ignoreChanges }), []);
  });

  const ceiling = "set onDemandThroughput to at most the policy's maxReadUnits and maxWriteUnits";
  refuses(
    tables.tableOnDemandCeiling,
    TABLE,
    { onDemandThroughput: undefined },
    `there is no ceiling on its reads, there is no ceiling on its writes; ${ceiling}`,
  );
  refuses(
    tables.tableOnDemandCeiling,
    TABLE,
    { onDemandThroughput: { maxReadRequestUnits: 10, maxWriteRequestUnits: 50_000 } },
    `the ceiling on its writes is 50000, above 40000; ${ceiling}`,
  );
  const images = "set streamEnabled to true and streamViewType to NEW_AND_OLD_IMAGES";
  refuses(tables.tableStreamImages, TABLE, { streamEnabled: false }, `the table has no stream; ${images}`);
  refuses(
    tables.tableStreamImages,
    TABLE,
    { streamViewType: "KEYS_ONLY" },
    `the table's stream carries KEYS_ONLY; ${images}`,
  );
  for (const pointInTimeRecovery of [undefined, { enabled: false }]) {
    refuses(
      tables.tableRecovery,
      TABLE,
      { pointInTimeRecovery },
      "the table has no point-in-time recovery; set pointInTimeRecovery.enabled to true",
    );
  }
  refuses(
    tables.tableDeletionProtection,
    TABLE,
    { deletionProtectionEnabled: false },
    'the table is not protected against deletion; set deletionProtectionEnabled to true (rowstream: tablesOnDestroy "retain")',
    PRODUCTION,
  );
  it("asks for no stream and no protection of the tables that keep what the driver or a consumer has done", () => {
    const urns = ["LoadProgress", "AppliedTable"].map(
      (component) =>
        `urn:pulumi:dev::rowstream::rowstream:pipeline:Pipeline$rowstream:pipeline:${component}$aws:dynamodb/table:Table::x`,
    );
    const table = {
      ...goodResources()[TABLE],
      streamEnabled: undefined,
      deletionProtectionEnabled: undefined,
    };
    for (const policy of [tables.tableStreamImages, tables.tableDeletionProtection]) {
      for (const urn of urns) assert.deepEqual(check(policy, TABLE, table, { ...PRODUCTION, urn }), []);
    }
  });
  it("lets a dev stack delete its tables", () => {
    const table = { ...goodResources()[TABLE], deletionProtectionEnabled: false };
    assert.deepEqual(check(tables.tableDeletionProtection, TABLE, table), []);
  });
  it("turns recovery on, and leaves a table alone that has it", () => {
    const table = { name: UNKNOWN, pointInTimeRecovery: { enabled: false } };
    assert.equal(remediate(tables.tableRecovery, TABLE, table), true);
    assert.deepEqual(table.pointInTimeRecovery, { enabled: true });
    assert.equal(remediate(tables.tableRecovery, TABLE, table), false);
  });
});

describe("capacity: tables together", () => {
  const table = { type: TABLE, name: "orders", props: { name: "orders", billingMode: "PROVISIONED" } };
  const target = (what: string, maxCapacity: number) => ({
    type: TARGET,
    name: what,
    props: { maxCapacity, resourceId: UNKNOWN, scalableDimension: `dynamodb:table:${what}CapacityUnits` },
    sources: { resourceId: ["orders"] },
  });
  const remedy =
    "give the table an appautoscaling Target for both dimensions, or set billingMode to PAY_PER_REQUEST";

  it("refuses a provisioned table that is not autoscaled, or too far", () => {
    assert.deepEqual(
      checkStack(totals.tableAutoscaled, [table, target("Read", 100), target("Write", 50_000)]),
      [`orders: the table's write capacity scales to 50000 units, above 40000; ${remedy}`],
    );
    assert.deepEqual(checkStack(totals.tableAutoscaled, [table]), [
      `orders: the table's read capacity is not autoscaled; ${remedy}`,
      `orders: the table's write capacity is not autoscaled; ${remedy}`,
    ]);
  });
  it("passes one that is, told by its name as well, and every on-demand table", () => {
    const named = [target("Read", 9), target("Write", 9)].map((one) => ({
      ...one,
      props: { ...one.props, resourceId: "table/orders" },
      sources: {},
    }));
    assert.deepEqual(checkStack(totals.tableAutoscaled, [table, ...named]), []);
    assert.deepEqual(checkStack(totals.tableAutoscaled, [{ ...table, props: goodResources()[TABLE] }]), []);
  });
  it("adds up what all tables may use, autoscaled or fixed", () => {
    const fixed = { type: TABLE, name: "b", props: { name: "b", readCapacity: 5, writeCapacity: 39_000 } };
    const stack = [table, target("Read", 10), target("Write", 1_500), fixed];
    assert.deepEqual(checkStack(totals.provisionedTotal, stack, { maxUnits: 40_000 }), [
      "2 tables may use 40500 write units together, above 40000; lower the tables' bounds, set them to PAY_PER_REQUEST, or raise the quota and the policy's maxUnits",
    ]);
    assert.deepEqual(checkStack(totals.provisionedTotal, stack), []);
  });
});

describe("capacity: the replication's size", () => {
  const classes =
    "choose an allowed class (rowstream: replication.instance.class), or list it in the policy's classes";
  refuses(
    size.dmsInstanceClass,
    INSTANCE,
    { replicationInstanceClass: "dms.t3.medium" },
    `the instance's class is dms.t3.medium; the families of production are c5, c6i, r5, r6i; ${classes}`,
    PRODUCTION,
  );
  refuses(
    size.dmsInstanceClass,
    INSTANCE,
    { replicationInstanceClass: "dms.t2.micro" },
    `the instance's class is dms.t2.micro; the families of dev are t3, c5, c6i, r5, r6i; ${classes}`,
  );
  refuses(
    size.dmsInstanceClass,
    INSTANCE,
    {},
    `the instance's class is dms.r6i.large; allowed are dms.r5.large; ${classes}`,
    { settings: { classes: ["dms.r5.large"] } },
  );
  const storage =
    "set allocatedStorage (rowstream: replication.instance.storageGib) within the policy's bounds";
  refuses(
    size.dmsInstanceStorage,
    INSTANCE,
    { allocatedStorage: 5 },
    `the instance has 5 GiB of storage; allowed are 50 to 1000; ${storage}`,
  );
  refuses(
    size.dmsInstanceStorage,
    INSTANCE,
    { allocatedStorage: undefined },
    `the instance's storage is left to the service; ${storage}`,
  );
  const multiAz =
    "the replication runs in one availability zone; set multiAz to true (rowstream: replication.instance.multiAz or replication.serverless.multiAz)";
  refuses(size.dmsMultiAz, INSTANCE, { multiAz: false }, multiAz, PRODUCTION);
  refuses(size.dmsMultiAz, CONFIG, { computeConfig: { maxCapacityUnits: 2 } }, multiAz, PRODUCTION);
  refuses(
    size.dmsInstancePatches,
    INSTANCE,
    { autoMinorVersionUpgrade: false },
    "the instance takes no minor versions; set autoMinorVersionUpgrade to true (rowstream: leave replication.instance.engineVersion out)",
  );
  const range =
    "set computeConfig (rowstream: replication.serverless.minDcu and maxDcu) within the policy's bounds";
  refuses(
    size.dmsServerlessRange,
    CONFIG,
    { computeConfig: { maxCapacityUnits: 384 } },
    `the replication scales from 1 to 384 DCU; allowed are 1 to 64; ${range}`,
  );
  refuses(
    size.dmsServerlessRange,
    CONFIG,
    { computeConfig: {} },
    `the replication has no maxCapacityUnits; ${range}`,
  );
});

describe("capacity: task settings that drop data", () => {
  type Settings = ReturnType<typeof goodTaskSettings>;
  const spoilt = (section: keyof Settings, values: object) => {
    const good = goodTaskSettings();
    return JSON.stringify({ ...good, [section]: { ...good[section], ...values } });
  };
  const drops =
    "set ChangeProcessingDdlHandlingPolicy.HandleSourceTableDropped and HandleSourceTableTruncated to false";
  const prep = "set FullLoadSettings.TargetTablePrepMode to DO_NOTHING";
  const CASES = [
    [
      task.taskKeepsTables,
      spoilt("FullLoadSettings", { TargetTablePrepMode: "DROP_AND_CREATE" }),
      `TargetTablePrepMode is DROP_AND_CREATE; ${prep}`,
    ],
    [
      task.taskKeepsTables,
      spoilt("FullLoadSettings", { TargetTablePrepMode: undefined }),
      `TargetTablePrepMode is DROP_AND_CREATE; ${prep}`,
    ],
    [task.taskKeepsTables, undefined, `TargetTablePrepMode is DROP_AND_CREATE; ${prep}`],
    [
      task.taskKeepsDroppedTables,
      spoilt("ChangeProcessingDdlHandlingPolicy", { HandleSourceTableDropped: true }),
      `HandleSourceTableDropped is on; ${drops}`,
    ],
    [
      task.taskKeepsDroppedTables,
      "{}",
      `HandleSourceTableDropped and HandleSourceTableTruncated are on; ${drops}`,
    ],
    [
      task.taskShowsErrors,
      spoilt("ErrorBehavior", { DataErrorPolicy: "LOG_ERROR", ApplyErrorUpdatePolicy: undefined }),
      "DataErrorPolicy is LOG_ERROR, ApplyErrorUpdatePolicy is LOG_ERROR; set them in ErrorBehavior to SUSPEND_TABLE or STOP_TASK",
    ],
    [
      task.taskStopsBeforeChanges,
      spoilt("FullLoadSettings", { StopTaskCachedChangesNotApplied: false }),
      "StopTaskCachedChangesNotApplied is off; set FullLoadSettings.StopTaskCachedChangesNotApplied to true",
    ],
    [
      task.taskLogs,
      spoilt("Logging", { EnableLogging: false }),
      "EnableLogging is off; set Logging.EnableLogging to true",
    ],
  ] as const;
  for (const [policy, settings, message] of CASES) {
    refuses(policy, TASK, { replicationTaskSettings: settings }, message);
    refuses(policy, CONFIG, { replicationSettings: settings }, message);
  }
});

describe("capacity: the stream", () => {
  const mode = "set streamModeDetails.streamMode and shardCount (rowstream: stream.mode, stream.shards)";
  const provisioned = { streamModeDetails: { streamMode: "PROVISIONED" } };
  refuses(stream.streamMode, STREAM, { streamModeDetails: undefined }, `the stream names no mode; ${mode}`);
  refuses(
    stream.streamMode,
    STREAM,
    provisioned,
    `the stream is provisioned and names no number of shards; ${mode}`,
  );
  refuses(
    stream.streamMode,
    STREAM,
    { ...provisioned, shardCount: 101 },
    `the stream has 101 shards, above 100; ${mode}`,
  );
  refuses(
    stream.streamMode,
    STREAM,
    { ...provisioned, shardCount: 1 },
    `the stream's mode is PROVISIONED; allowed are ON_DEMAND; ${mode}`,
    { settings: { modes: ["ON_DEMAND"] } },
  );
  for (const retentionPeriod of [24, undefined]) {
    refuses(
      stream.streamRetention,
      STREAM,
      { retentionPeriod },
      "the stream keeps events for 24 hours, below 168; set retentionPeriod to at least the policy's minHours (rowstream: stream.retentionHours)",
    );
  }
  it("refuses more batches in flight than the shards can take", () => {
    const shards = (props: object) => ({ type: STREAM, name: "changes", props });
    const mapping = { type: MAPPING, name: "m", props: { parallelizationFactor: 10 } };
    const one = { type: MAPPING, name: "n" };
    assert.deepEqual(
      checkStack(stream.streamShards, [shards({ ...provisioned, shardCount: 1 }), mapping, one]),
      [
        "11 batches may be in flight for 1 shards, above 10 for each; give the stream more shards, or the mappings a smaller parallelizationFactor",
      ],
    );
    assert.deepEqual(checkStack(stream.streamShards, [shards(goodResources()[STREAM]), mapping, one]), []);
  });
});

describe("capacity: functions and their mappings", () => {
  const good = goodResources();
  const memory = "set memorySize (rowstream: fanIn.memoryMib) within the policy's bounds";
  for (const memorySize of [128, undefined]) {
    refuses(
      functions.functionMemory,
      FUNCTION,
      { memorySize },
      `the function has 128 MiB; allowed are 256 to 3008; ${memory}`,
    );
  }
  const stack = (one: object, mapping: object, sources: Record<string, string[]>) => [
    { type: FUNCTION, name: "fan-in", props: { ...good[FUNCTION], ...one } },
    { type: MAPPING, name: "orders", props: { ...good[MAPPING], ...mapping }, sources },
  ];
  it("refuses a timeout shorter than the batch window", () => {
    const slow = stack({ timeout: 30 }, { maximumBatchingWindowInSeconds: 60 }, {});
    assert.deepEqual(checkStack(functions.functionTimeout, slow), [
      "fan-in: the function has 30 s for batches that take 60 s to gather; set the function's timeout (rowstream: fanIn.timeoutSeconds) to at least that",
    ]);
    assert.deepEqual(checkStack(functions.functionTimeout, stack({}, {}, {})), []);
  });
  it("tells whose mapping it is in a preview, where no ARN is known yet", () => {
    const sources = { functionName: ["fan-in"] };
    const unknown = stack({ arn: UNKNOWN, timeout: 3 }, { functionName: UNKNOWN }, sources);
    assert.deepEqual(checkStack(functions.functionTimeout, unknown), []);
    const waits = { functionName: UNKNOWN, maximumBatchingWindowInSeconds: 5 };
    assert.equal(
      checkStack(functions.functionTimeout, stack({ arn: UNKNOWN, timeout: 3 }, waits, sources)).length,
      1,
    );
  });
  it("refuses reserved concurrency that its mappings exceed", () => {
    assert.deepEqual(
      checkStack(functions.functionConcurrency, stack({ reservedConcurrentExecutions: 1 }, {}, {})),
      [
        "fan-in: the function has 1 reserved for 2 batches in flight; raise reservedConcurrentExecutions to at least that, or leave it out",
      ],
    );
    assert.deepEqual(
      checkStack(functions.functionConcurrency, stack({ reservedConcurrentExecutions: -1 }, {}, {})),
      [],
    );
  });

  refuses(
    mappings.mappingStart,
    MAPPING,
    { startingPosition: "LATEST" },
    "the mapping starts at LATEST; set startingPosition to TRIM_HORIZON, or of a Kinesis stream to AT_TIMESTAMP",
  );
  it("lets a mapping of a Kinesis stream begin at a time that is named", () => {
    const mapping = { ...goodResources()[MAPPING], startingPosition: "AT_TIMESTAMP" };
    assert.deepEqual(check(mappings.mappingStart, MAPPING, mapping), []);
  });
  const givesUp =
    "set maximumRecordAgeInSeconds to at most the policy's maxAgeSeconds, or maximumRetryAttempts to 0 or more";
  const unbounded = { maximumRecordAgeInSeconds: undefined, maximumRetryAttempts: undefined };
  refuses(mappings.mappingGivesUp, MAPPING, unbounded, `the mapping tries a record for ever; ${givesUp}`);
  refuses(
    mappings.mappingGivesUp,
    MAPPING,
    { maximumRecordAgeInSeconds: 86_400 },
    `the mapping gives up on a record after 86400 s, above 82800; ${givesUp}`,
  );
  it("takes a bound on the tries for one on the age", () => {
    const tries = { ...good[MAPPING], ...unbounded, maximumRetryAttempts: 3 };
    assert.deepEqual(check(mappings.mappingGivesUp, MAPPING, tries), []);
  });
  refuses(
    mappings.mappingBisects,
    MAPPING,
    { bisectBatchOnFunctionError: undefined },
    "the mapping gives up whole batches; set bisectBatchOnFunctionError to true",
  );
  refuses(
    mappings.mappingKeepsFailures,
    MAPPING,
    { destinationConfig: undefined },
    "the mapping has no failure destination; set destinationConfig.onFailure.destinationArn, best to an S3 bucket, which receives the records themselves",
  );
  it("takes a destination that a preview does not know yet for one", () => {
    const mapping = { ...good[MAPPING], destinationConfig: { onFailure: { destinationArn: UNKNOWN } } };
    assert.deepEqual(check(mappings.mappingKeepsFailures, MAPPING, mapping), []);
  });
  refuses(
    mappings.mappingReportsItems,
    MAPPING,
    { functionResponseTypes: [] },
    'the mapping does not take ReportBatchItemFailures; set functionResponseTypes to ["ReportBatchItemFailures"]',
  );
  it("asks none of this of a queue's mapping", () => {
    const queue = { eventSourceArn: "arn:aws:sqs:eu-central-1:123456789012:work" };
    for (const policy of Object.values(mappings)) assert.deepEqual(check(policy, MAPPING, queue), []);
  });
});
