import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { checkOneOf, checkWhole } from "./checks";
import { Component, type ComponentArgs, type Transform } from "./component";
import { Faults } from "./faults";
import { given } from "./given";
import { checkWindow, mappingArgs } from "./mappingArgs";
import type { ReplicatedTable } from "./replicatedTable";

/** Capacity by request: nothing to size, nothing to pay while nothing changes. */
export interface OnDemandCapacity {
  mode: "on-demand";
  /** A ceiling on reads, in units a second, 1 or more. Default: the account's own. */
  maxReadUnits?: number;
  /** A ceiling on writes, in units a second, 1 or more: what is above is throttled, and DMS waits. Default: the account's own. */
  maxWriteUnits?: number;
}

/** Provisioned capacity that Application Auto Scaling moves between bounds. */
export interface ProvisionedCapacity {
  mode: "provisioned";
  /** The least read capacity, in units, 1 to 40000. Default: 1. */
  minReadUnits?: number;
  /** The most read capacity, in units, 1 to 40000 and not below the least. */
  maxReadUnits: number;
  /** The least write capacity, in units, 1 to 40000. Default: 1. */
  minWriteUnits?: number;
  /** The most write capacity, in units, 1 to 40000 and not below the least. */
  maxWriteUnits: number;
  /** The use at which capacity is added, in percent, 20 to 90. Default: 70, AWS's own advice. */
  targetPercent?: number;
}

/** A table's capacity. */
export type TableCapacity = OnDemandCapacity | ProvisionedCapacity;

/** How a table's stream is read: the settings of its event source mapping. */
export interface MappingOptions {
  /**
   * Records in a batch, 1 to 10000. Default: 500, what one PutRecords call takes; a batch is also bounded by
   * Lambda's 6 MB.
   */
  batchSize?: number;
  /**
   * How long Lambda waits for a batch to fill, in seconds, 0 to 300. Default: 1. With 0 no event waits, and the
   * function is called more often: it needs a batchSize of at most 10, for the API's documentation asks
   * for at least 1 with larger batches, and under load a parallelization that makes up for the small batches.
   */
  windowSeconds?: number;
  /**
   * Batches of one shard in flight at the same time, 1 to 10. Default: 1. Lambda keeps the order of each row at any
   * value; more only pays under a load that one batch a time does not follow.
   */
  parallelization?: number;
  /**
   * How often a failed batch is tried again, -1 to 10000. Default: -1, until it is too old: while Kinesis is away
   * nothing is given up, and a record that can never be published does not fail its batch.
   */
  retryAttempts?: number;
  /**
   * How old a record may become before it is given up and goes to the failure bucket, in seconds, 60 to 86400.
   * Default: 82800 (23 hours): an hour before the table's stream forgets it, while its content can still be kept.
   */
  maxAgeSeconds?: number;
}

/** What the feeds of all tables have in common, and users may choose. */
export interface TableFeedOptions extends ComponentArgs {
  /** The table's capacity. Default: on demand with no ceiling. */
  capacity?: TableCapacity;
  /** How the table's stream is read. */
  mapping?: MappingOptions;
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    table?: Transform<aws.dynamodb.TableArgs>;
    mapping?: Transform<aws.lambda.EventSourceMappingArgs>;
  };
}

/** One table that DMS made, and its way into the fan-in. */
export interface TableFeedArgs extends TableFeedOptions {
  /** The table. */
  table: ReplicatedTable;
  /**
   * What happens to the table when it leaves the program or the stack is destroyed: `retain` leaves it, with its data
   * and protected against deletion; `delete` deletes it. Default: `retain`.
   */
  onDestroy?: "retain" | "delete";
  /** The fan-in's ARN. */
  functionArn: pulumi.Input<string>;
  /** The rights without which Lambda refuses the mapping. Default: none to wait for. */
  access?: pulumi.Resource[];
  /** The bucket that receives, records and all, what the mapping gives up on. */
  failureBucketArn: pulumi.Input<string>;
  /** The key that encrypts the table. */
  kmsKeyArn: pulumi.Input<string>;
}

/** The default mapping settings; the reasons are with {@link MappingOptions}. */
export const DEFAULT_MAPPING = {
  batchSize: 500,
  windowSeconds: 1,
  parallelization: 1,
  retryAttempts: -1,
  maxAgeSeconds: 82_800,
} as const satisfies Required<MappingOptions>;

/**
 * Adopts one table that DMS made (200/200 provisioned, no stream) and feeds its changes to the fan-in: a stream of new
 * and old images, on-demand capacity, encryption, point-in-time recovery, and the event source mapping.
 *
 * The table's `import` stays set for as long as it is in the program. On the first update it adopts the table, later
 * it does nothing, and a change that would need another table (of its key, say) is refused by the engine instead of
 * deleting this one. A table that is gone from DynamoDB must leave the program first: importing it would fail.
 */
export class TableFeed extends Component {
  /** The ARN of the table's stream. */
  readonly streamArn: pulumi.Output<string>;
  /** The table's name; resolves when the table is adopted. */
  readonly tableName: pulumi.Output<string>;

  private readonly table: aws.dynamodb.Table;
  private readonly mapping: aws.lambda.EventSourceMapping;
  private readonly scaling: aws.appautoscaling.Policy[];

  constructor(name: string, args: TableFeedArgs, opts?: pulumi.ComponentResourceOptions) {
    checkTableFeed(args).throwIfAny(`table feed "${name}"`);
    const { schema, table } = args.table;
    super("TableFeed", name, { schema, table, capacity: args.capacity }, args.tags, opts);

    this.table = this.adoptTable(name, args);
    this.scaling = args.capacity?.mode === "provisioned" ? this.createScaling(name, args.capacity) : [];
    this.mapping = this.createMapping(name, args);

    this.streamArn = this.table.streamArn;
    this.tableName = this.table.name;
    this.registerOutputs({ streamArn: this.streamArn, tableName: this.tableName });
  }

  /** The resources underneath; `scaling` is empty with on-demand capacity. */
  get nodes() {
    return { table: this.table, mapping: this.mapping, scaling: this.scaling };
  }

  private adoptTable(name: string, args: TableFeedArgs): aws.dynamodb.Table {
    const { tableName, partitionKey, sortKey } = args.table;
    const retain = args.onDestroy !== "delete";
    const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
    const tableArgs: aws.dynamodb.TableArgs = {
      name: tableName,
      attributes: keys.map(({ name: attribute, type }) => ({ name: attribute, type })),
      hashKey: partitionKey.name,
      rangeKey: sortKey?.name,
      ...capacityArgs(args.capacity),
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      serverSideEncryption: { enabled: true, kmsKeyArn: args.kmsKeyArn },
      pointInTimeRecovery: { enabled: true },
      // Also keeps DMS, or a person, from dropping the table behind the stack's back.
      deletionProtectionEnabled: retain,
    };
    return new aws.dynamodb.Table(
      ...this.tagged(name, tableArgs, args.transform?.table, {
        import: tableName,
        retainOnDelete: retain,
        // The autoscaler moves these between the bounds.
        ...(args.capacity?.mode === "provisioned" && { ignoreChanges: ["readCapacity", "writeCapacity"] }),
      }),
    );
  }

  /**
   * The mapping is the component's child and not the table's: the children of a retained resource are retained with
   * it, and a mapping without its stack would go on invoking.
   */
  private createMapping(name: string, args: TableFeedArgs): aws.lambda.EventSourceMapping {
    const mapping: aws.lambda.EventSourceMappingArgs = {
      eventSourceArn: this.table.streamArn,
      functionName: args.functionArn,
      // LATEST loses what is written while the mapping is made, which takes minutes.
      startingPosition: "TRIM_HORIZON",
      ...mappingArgs({ ...DEFAULT_MAPPING, ...given(args.mapping) }, args.failureBucketArn),
    };
    return new aws.lambda.EventSourceMapping(
      ...this.tagged(name, mapping, args.transform?.mapping, { dependsOn: args.access }),
    );
  }

  private createScaling(name: string, capacity: ProvisionedCapacity): aws.appautoscaling.Policy[] {
    const scale = (what: "Read" | "Write", min: number | undefined, max: number) => {
      const target = new aws.appautoscaling.Target(
        ...this.tagged<aws.appautoscaling.TargetArgs>(`${name}-${what.toLowerCase()}`, {
          serviceNamespace: "dynamodb",
          resourceId: this.table.name.apply((table) => `table/${table}`),
          scalableDimension: `dynamodb:table:${what}CapacityUnits`,
          minCapacity: min ?? 1,
          maxCapacity: max,
        }),
      );
      return new aws.appautoscaling.Policy(
        ...this.child<aws.appautoscaling.PolicyArgs>(`${name}-${what.toLowerCase()}`, {
          policyType: "TargetTrackingScaling",
          serviceNamespace: target.serviceNamespace,
          resourceId: target.resourceId,
          scalableDimension: target.scalableDimension,
          targetTrackingScalingPolicyConfiguration: {
            predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${what}CapacityUtilization` },
            targetValue: capacity.targetPercent ?? 70,
          },
        }),
      );
    };
    return [
      scale("Read", capacity.minReadUnits, capacity.maxReadUnits),
      scale("Write", capacity.minWriteUnits, capacity.maxWriteUnits),
    ];
  }
}

/** The table's arguments for its capacity. */
function capacityArgs(capacity: TableCapacity = { mode: "on-demand" }): Partial<aws.dynamodb.TableArgs> {
  if (capacity.mode === "provisioned") {
    return {
      billingMode: "PROVISIONED",
      readCapacity: capacity.minReadUnits ?? 1,
      writeCapacity: capacity.minWriteUnits ?? 1,
    };
  }
  const { maxReadUnits, maxWriteUnits } = capacity;
  const ceiling = maxReadUnits !== undefined || maxWriteUnits !== undefined;
  return {
    billingMode: "PAY_PER_REQUEST",
    ...(ceiling && {
      onDemandThroughput: { maxReadRequestUnits: maxReadUnits, maxWriteRequestUnits: maxWriteUnits },
    }),
  };
}

/** Checks one table's feed. */
export function checkTableFeed(
  args: TableFeedOptions & Pick<TableFeedArgs, "onDestroy">,
  prefix = "",
): Faults {
  const faults = new Faults(prefix);
  checkOneOf(faults, "onDestroy", args.onDestroy, ["retain", "delete"]);
  checkCapacity(faults, "capacity", args.capacity);
  const mapping = args.mapping ?? {};
  checkWhole(faults, "mapping.batchSize", mapping.batchSize, { min: 1, max: 10_000, unit: "records" });
  checkWhole(faults, "mapping.windowSeconds", mapping.windowSeconds, { min: 0, max: 300, unit: "seconds" });
  checkWindow(faults, { ...DEFAULT_MAPPING, ...given(mapping) });
  checkWhole(faults, "mapping.parallelization", mapping.parallelization, {
    min: 1,
    max: 10,
    unit: "batches",
  });
  checkWhole(faults, "mapping.retryAttempts", mapping.retryAttempts, {
    min: -1,
    max: 10_000,
    unit: "attempts",
  });
  checkWhole(faults, "mapping.maxAgeSeconds", mapping.maxAgeSeconds, {
    min: 60,
    max: 86_400,
    unit: "seconds",
  });
  return faults;
}

/** Checks a capacity; the mode decides which members there may be. */
export function checkCapacity(faults: Faults, path: string, capacity: TableCapacity | undefined): void {
  if (capacity === undefined) return;
  if (capacity.mode !== "provisioned") {
    checkOneOf(faults, `${path}.mode`, capacity.mode ?? null, ["on-demand", "provisioned"]);
    for (const key of ["maxReadUnits", "maxWriteUnits"] as const) {
      checkWhole(faults, `${path}.${key}`, capacity[key], {
        min: 1,
        max: 10_000_000,
        unit: "units a second",
      });
    }
    return;
  }
  const bounds = { min: 1, max: 40_000, unit: "capacity units" };
  for (const what of ["Read", "Write"] as const) {
    const [least, most] = [capacity[`min${what}Units`], capacity[`max${what}Units`]];
    checkWhole(faults, `${path}.min${what}Units`, least, bounds);
    checkWhole(faults, `${path}.max${what}Units`, most, bounds);
    if (most === undefined)
      faults.add(`${path}.max${what}Units`, "is missing; provisioned capacity needs its bound");
    if (least !== undefined && most !== undefined && least > most) {
      faults.add(
        `${path}.min${what}Units`,
        `${least} is more than max${what}Units, ${most}; give it at most that`,
      );
    }
  }
  checkWhole(faults, `${path}.targetPercent`, capacity.targetPercent, { min: 20, max: 90, unit: "percent" });
}
