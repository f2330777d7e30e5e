import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsContext } from "../awsContext";
import { checkMatch, checkOneOf, checkWhole } from "../checks";
import { Component, type ComponentArgs, type Transform } from "../component";
import { Faults } from "../faults";
import { checkFunctionOptions, DEFAULT_FUNCTION } from "../functionOptions";
import { policyDocument } from "../policyDocument";
import type { PrivateBucketArgs } from "../privateBucket";
import { type AlarmOptions, alarmArgs, behindMilliseconds, checkAlarms } from "./alarms";
import { LakeBucket } from "./dataLake/lakeBucket";
import {
  DATA_PREFIX,
  ERROR_PREFIX,
  type LakeFormat,
  PARTITION_KEYS,
  PARTITION_QUERY,
  storage,
  tableParameters,
} from "./dataLake/layout";
import { lakePolicy } from "./dataLake/policy";
import { checkStream } from "./streamAccess";

/** Where the changes are kept as files, and how Athena finds them. */
export interface DataLakeArgs extends ComponentArgs {
  /** The change stream's ARN. */
  streamArn: pulumi.Input<string>;
  /** The key of the change stream, which also encrypts the bucket and the logs. */
  kmsKeyArn: pulumi.Input<string>;
  /**
   * `json` writes the events as they are, one a line, in gzip; `parquet` writes columns, which Athena reads for less.
   * Default: `json`.
   */
  format?: LakeFormat;
  /**
   * The tables, each as `public.orders`, so that Athena knows them: a query may then be about several. All tables are
   * delivered whatever this says. Default: none, and a query has to name its schema and table.
   */
  tables?: readonly string[];
  /** How long Firehose gathers events before it writes them, in seconds, 60 to 900. Default: 300. */
  bufferSeconds?: number;
  /** How much it gathers at most for each table and day, in MiB, 64 to 128. Default: 64. */
  bufferMib?: number;
  /** How long events are kept, in days, 1 to 36500. Default: for ever. */
  retentionDays?: number;
  /** How long what could not be delivered as an event is kept, in days, 1 to 3650. Default: 90. */
  errorRetentionDays?: number;
  /** How long Firehose's log lines are kept, in days, of CloudWatch's values. Default: 30. */
  logRetentionDays?: number;
  /** What raises an alarm, and who is told; `behindSeconds` counts from what the buffer holds back. */
  alarms?: AlarmOptions;
  /** Whether `destroy` stops at a bucket with events in it, or deletes them. Default: `retain`, it stops. */
  eventsOnDestroy?: "retain" | "delete";
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    bucket?: PrivateBucketArgs["transform"];
    deliveryStream?: Transform<aws.kinesis.FirehoseDeliveryStreamArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    database?: Transform<aws.glue.CatalogDatabaseArgs>;
    table?: Transform<aws.glue.CatalogTableArgs>;
    alarms?: Transform<aws.cloudwatch.MetricAlarmArgs>;
  };
}

const DEFAULT_BUFFER_SECONDS = 300;

/** The least that Firehose gathers where it partitions by content or writes Parquet (API reference, BufferingHints). */
const DEFAULT_BUFFER_MIB = 64;

const DEFAULT_ERROR_RETENTION_DAYS = 90;

/** How long Firehose tries to deliver before it gives up on a file, in seconds: as long as it may. */
const RETRY_SECONDS = 7200;

/**
 * Every change as a file in S3, by table and day of the change, and a table in Glue by which Athena reads them.
 *
 * ```ts
 * new DataLake("lake", { streamArn: pipeline.streamArn, kmsKeyArn: pipeline.kmsKeyArn, format: "parquet" });
 * ```
 */
export class DataLake extends Component {
  /** The bucket's name. */
  readonly bucketName: pulumi.Output<string>;
  /** The name of the Glue database. */
  readonly databaseName: pulumi.Output<string>;
  /** The name of the Glue table. */
  readonly tableName: pulumi.Output<string>;

  private readonly bucket: LakeBucket;
  private readonly database: aws.glue.CatalogDatabase;
  private readonly table: aws.glue.CatalogTable;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly role: aws.iam.Role;
  private readonly deliveryStream: aws.kinesis.FirehoseDeliveryStream;
  private readonly alarms: aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: DataLakeArgs, opts?: pulumi.ComponentResourceOptions) {
    checkDataLake(args).throwIfAny(`data lake "${name}"`);
    super("DataLake", name, { format: args.format, tables: args.tables }, args.tags, opts);
    const { kmsKeyArn, retentionDays, tags, transform } = args;

    this.bucket = new LakeBucket(
      name,
      {
        kmsKeyArn,
        retentionDays,
        errorRetentionDays: args.errorRetentionDays ?? DEFAULT_ERROR_RETENTION_DAYS,
        forceDestroy: args.eventsOnDestroy === "delete",
        tags,
        transform: transform?.bucket,
      },
      { parent: this },
    );
    this.database = this.createDatabase(name, args);
    this.table = this.createTable(name, args);
    this.logGroup = new aws.cloudwatch.LogGroup(
      ...this.tagged<aws.cloudwatch.LogGroupArgs>(
        `${name}-logs`,
        { retentionInDays: args.logRetentionDays ?? DEFAULT_FUNCTION.logRetentionDays, kmsKeyId: kmsKeyArn },
        transform?.logGroup,
      ),
    );
    this.role = this.createRole(name, args);
    this.deliveryStream = this.createDeliveryStream(name, args, this.createPolicy(name, args));
    this.alarms = this.createAlarms(name, args);

    this.bucketName = this.bucket.name;
    this.databaseName = this.database.name;
    this.tableName = this.table.name;
    this.registerOutputs({
      bucketName: this.bucketName,
      databaseName: this.databaseName,
      tableName: this.tableName,
    });
  }

  /** The resources underneath. */
  get nodes() {
    return {
      bucket: this.bucket,
      database: this.database,
      table: this.table,
      logGroup: this.logGroup,
      role: this.role,
      deliveryStream: this.deliveryStream,
      alarms: this.alarms,
    };
  }

  private createDatabase(name: string, args: DataLakeArgs): aws.glue.CatalogDatabase {
    return new aws.glue.CatalogDatabase(
      ...this.tagged<aws.glue.CatalogDatabaseArgs>(
        name,
        { name: athenaName(`${name}_${pulumi.getStack()}`), description: `rowstream: the data lake ${name}` },
        args.transform?.database,
      ),
    );
  }

  private createTable(name: string, args: DataLakeArgs): aws.glue.CatalogTable {
    const { format = "json", tables, retentionDays } = args;
    const location = this.bucket.name.apply((bucket) => `s3://${bucket}`);
    return new aws.glue.CatalogTable(
      ...this.child<aws.glue.CatalogTableArgs>(
        name,
        {
          name: "changes",
          databaseName: this.database.name,
          description: "rowstream: every change of a row, by table and day",
          tableType: "EXTERNAL_TABLE",
          partitionKeys: PARTITION_KEYS,
          parameters: location.apply((at) => tableParameters(format, at, { tables, retentionDays })),
          storageDescriptor: location.apply((at) => storage(format, at)),
        },
        args.transform?.table,
      ),
    );
  }

  private createRole(name: string, args: DataLakeArgs): aws.iam.Role {
    const { accountId } = awsContext(this);
    const roleArgs: aws.iam.RoleArgs = {
      description: `rowstream: delivers the change stream to the data lake ${name}`,
      assumeRolePolicy: accountId.apply(firehoseTrust),
    };
    return new aws.iam.Role(...this.tagged(name, roleArgs, args.transform?.role));
  }

  private createPolicy(name: string, args: DataLakeArgs): aws.iam.RolePolicy {
    const { accountId, partition, region } = awsContext(this);
    const catalogArns =
      args.format === "parquet"
        ? pulumi
            .all([partition, region, accountId, this.database.name, this.table.name])
            .apply(([inPartition, inRegion, account, database, table]) => {
              const glue = `arn:${inPartition}:glue:${inRegion}:${account}`;
              return [
                `${glue}:catalog`,
                `${glue}:database/${database}`,
                `${glue}:table/${database}/${table}`,
              ];
            })
        : undefined;
    const policy = pulumi
      .output({
        region,
        streamArn: args.streamArn,
        kmsKeyArn: args.kmsKeyArn,
        bucketArn: this.bucket.arn,
        logGroupArn: this.logGroup.arn,
        catalogArns,
      })
      .apply(lakePolicy);
    return new aws.iam.RolePolicy(
      ...this.child<aws.iam.RolePolicyArgs>(name, { role: this.role.name, policy }),
    );
  }

  private createDeliveryStream(
    name: string,
    args: DataLakeArgs,
    policy: aws.iam.RolePolicy,
  ): aws.kinesis.FirehoseDeliveryStream {
    const logStream = new aws.cloudwatch.LogStream(
      ...this.child<aws.cloudwatch.LogStreamArgs>(name, {
        name: "delivery",
        logGroupName: this.logGroup.name,
      }),
    );
    const parquet = args.format === "parquet";
    const streamArgs: aws.kinesis.FirehoseDeliveryStreamArgs = {
      destination: "extended_s3",
      kinesisSourceConfiguration: { kinesisStreamArn: args.streamArn, roleArn: this.role.arn },
      extendedS3Configuration: {
        bucketArn: this.bucket.arn,
        roleArn: this.role.arn,
        kmsKeyArn: args.kmsKeyArn,
        prefix: DATA_PREFIX,
        errorOutputPrefix: ERROR_PREFIX,
        bufferingInterval: args.bufferSeconds ?? DEFAULT_BUFFER_SECONDS,
        bufferingSize: args.bufferMib ?? DEFAULT_BUFFER_MIB,
        // Parquet is compressed inside.
        compressionFormat: parquet ? "UNCOMPRESSED" : "GZIP",
        dynamicPartitioningConfiguration: { enabled: true, retryDuration: RETRY_SECONDS },
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: "MetadataExtraction",
              parameters: [
                { parameterName: "MetadataExtractionQuery", parameterValue: PARTITION_QUERY },
                { parameterName: "JsonParsingEngine", parameterValue: "JQ-1.6" },
              ],
            },
          ],
        },
        cloudwatchLoggingOptions: {
          enabled: true,
          logGroupName: this.logGroup.name,
          logStreamName: logStream.name,
        },
        ...(parquet && { dataFormatConversionConfiguration: this.conversion() }),
      },
    };
    // Firehose tries the role when the stream is made.
    return new aws.kinesis.FirehoseDeliveryStream(
      ...this.tagged(name, streamArgs, args.transform?.deliveryStream, { dependsOn: [policy] }),
    );
  }

  /** From JSON to Parquet, by the columns of the Glue table. */
  private conversion(): aws.types.input.kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationDataFormatConversionConfiguration {
    return {
      inputFormatConfiguration: { deserializer: { openXJsonSerDe: { caseInsensitive: false } } },
      outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
      schemaConfiguration: {
        databaseName: this.database.name,
        tableName: this.table.name,
        roleArn: this.role.arn,
      },
    };
  }

  private createAlarms(name: string, args: DataLakeArgs): aws.cloudwatch.MetricAlarm[] {
    const buffer = args.bufferSeconds ?? DEFAULT_BUFFER_SECONDS;
    const metric = {
      namespace: "AWS/Firehose",
      dimensions: { DeliveryStreamName: this.deliveryStream.name },
      statistic: "Maximum",
      period: 300,
      evaluationPeriods: 1,
    };
    const rules = {
      behind: {
        ...metric,
        alarmDescription: "the data lake falls behind: its last lines in the log say why it cannot write",
        metricName: "DeliveryToS3.DataFreshness",
        threshold: behindMilliseconds(args.alarms) / 1000 + buffer,
      },
      partitions: {
        ...metric,
        alarmDescription: "more tables change than Firehose keeps partitions for: ask AWS for more of them",
        metricName: "PartitionCountExceeded",
        threshold: 1,
      },
      ...(args.format === "parquet" && {
        unconverted: {
          ...metric,
          alarmDescription: "events do not become Parquet: they are in the folder of errors",
          metricName: "FailedConversion.Records",
          threshold: 1,
        },
      }),
    };
    return Object.entries(rules).map(
      ([what, rule]) =>
        new aws.cloudwatch.MetricAlarm(
          ...this.tagged(`${name}-${what}`, alarmArgs(rule, args.alarms), args.transform?.alarms),
        ),
    );
  }
}

/**
 * Firehose assumes the role for this account only. It names the account as the external id, not as a source account
 * (Firehose developer guide, controlling-access).
 */
function firehoseTrust(accountId: string): string {
  return policyDocument([
    {
      Sid: "Service",
      Effect: "Allow",
      Principal: { Service: "firehose.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": accountId } },
    },
  ]);
}

/** A name that needs no quotes in Athena: lower-case letters, digits and underscores. */
function athenaName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}

function checkDataLake(args: DataLakeArgs): Faults {
  const faults = new Faults();
  checkStream(faults, args);
  checkOneOf(faults, "format", args.format, ["json", "parquet"]);
  if (args.tables?.length === 0) faults.add("tables", "is empty; name a table, or leave it out");
  args.tables?.forEach((name, index) => {
    checkMatch(
      faults,
      `tables[${index}]`,
      name,
      /^[^.,]+\.[^,]+$/,
      'a schema and a table, as "public.orders"',
    );
  });
  checkWhole(faults, "bufferSeconds", args.bufferSeconds, { min: 60, max: 900, unit: "seconds" });
  checkWhole(faults, "bufferMib", args.bufferMib, { min: DEFAULT_BUFFER_MIB, max: 128, unit: "MiB" });
  checkWhole(faults, "retentionDays", args.retentionDays, { min: 1, max: 36_500, unit: "days" });
  checkWhole(faults, "errorRetentionDays", args.errorRetentionDays, { min: 1, max: 3650, unit: "days" });
  checkFunctionOptions(faults, { logRetentionDays: args.logRetentionDays });
  checkAlarms(faults, args.alarms);
  checkOneOf(faults, "eventsOnDestroy", args.eventsOnDestroy, ["retain", "delete"]);
  return faults;
}
