import assert from "node:assert/strict";
import { DataLake, type DataLakeArgs } from "../../../../components/consumers/dataLake";
import type { PolicyStatement } from "../../../../components/policyDocument";
import { failMocked, type Recording, runMocked } from "../../../helpers/mocks";

const FIREHOSE = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const GLUE_TABLE = "aws:glue/catalogTable:CatalogTable";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

const ARGS: DataLakeArgs = {
  streamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/changes",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
};

async function lake(args: Partial<DataLakeArgs> = {}): Promise<Recording> {
  return (await runMocked(() => new DataLake("lake", { ...ARGS, ...args }))).recording;
}

function delivery(recording: Recording): Record<string, unknown> {
  return recording.only(FIREHOSE).inputs.extendedS3Configuration as Record<string, unknown>;
}

function statements(recording: Recording): PolicyStatement[] {
  return JSON.parse(String(recording.only(ROLE_POLICY).inputs.policy)).Statement;
}

describe("DataLake", () => {
  it("delivers the stream in gzip, by schema, table and day of the change, and apart what is no event", async () => {
    const recording = await lake();
    const { prefix, errorOutputPrefix, compressionFormat, processingConfiguration, ...rest } =
      delivery(recording);
    assert.equal(
      prefix,
      "changes/source_schema=!{partitionKeyFromQuery:source_schema}/source_table=!{partitionKeyFromQuery:source_table}/day=!{partitionKeyFromQuery:day}/",
    );
    assert.equal(errorOutputPrefix, "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/");
    assert.equal(compressionFormat, "GZIP");
    assert.deepEqual(processingConfiguration, {
      enabled: true,
      processors: [
        {
          type: "MetadataExtraction",
          parameters: [
            {
              parameterName: "MetadataExtractionQuery",
              parameterValue: "{source_schema: .source.schema, source_table: .source.table, day: .at[0:10]}",
            },
            { parameterName: "JsonParsingEngine", parameterValue: "JQ-1.6" },
          ],
        },
      ],
    });
    assert.deepEqual([rest.bufferingInterval, rest.bufferingSize, rest.kmsKeyArn], [300, 64, ARGS.kmsKeyArn]);
    assert.equal(rest.dataFormatConversionConfiguration, undefined);
    const { kinesisSourceConfiguration } = recording.only(FIREHOSE).inputs;
    assert.equal(
      (kinesisSourceConfiguration as { kinesisStreamArn: string }).kinesisStreamArn,
      ARGS.streamArn,
    );
    assert.ok(
      recording.only(FIREHOSE).dependencies.includes("RolePolicy lake"),
      "Firehose tries the role at once",
    );
  });

  it("keeps events for ever, errors for ninety days, in a bucket that is private, encrypted and versioned", async () => {
    const recording = await lake();
    const s3 = (kind: string) => recording.only(`aws:s3/${kind}`).inputs;
    assert.deepEqual(s3("bucketVersioning:BucketVersioning").versioningConfiguration, { status: "Enabled" });
    assert.equal(s3("bucketPublicAccessBlock:BucketPublicAccessBlock").restrictPublicBuckets, true);
    assert.match(String(s3("bucketPolicy:BucketPolicy").policy), /aws:SecureTransport/);
    const expiries = (from: Recording) =>
      (
        from.only("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs.rules as {
          filter: { prefix: string };
          expiration?: { days: number };
        }[]
      ).map(({ filter, expiration }) => [filter.prefix, expiration?.days]);
    assert.deepEqual(expiries(recording), [
      ["", undefined],
      ["errors/", 90],
    ]);
    assert.deepEqual(expiries(await lake({ retentionDays: 400, errorRetentionDays: 7 })), [
      ["", undefined],
      ["errors/", 7],
      ["changes/", 400],
    ]);
  });

  it("tells Athena the columns, and how to work out the partitions of any table", async () => {
    const { inputs } = (await lake()).only(GLUE_TABLE);
    assert.deepEqual(inputs.parameters, {
      EXTERNAL: "TRUE",
      classification: "json",
      "projection.enabled": "true",
      "projection.source_schema.type": "injected",
      "projection.source_table.type": "injected",
      "projection.day.type": "date",
      "projection.day.format": "yyyy-MM-dd",
      "projection.day.range": "NOW-10YEARS,NOW+1DAYS",
      "projection.day.interval": "1",
      "projection.day.interval.unit": "DAYS",
      "storage.location.template":
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own template
        "s3://lake-physical/changes/source_schema=${source_schema}/source_table=${source_table}/day=${day}/",
    });
    const { columns, location, serDeInfo } = inputs.storageDescriptor as {
      columns: { name: string }[];
      location: string;
      serDeInfo: unknown;
    };
    assert.equal(location, "s3://lake-physical/changes/");
    assert.deepEqual(
      columns.map(({ name }) => name),
      ["v", "id", "op", "source", "key", "old", "new", "changed", "at", "sequence", "ref"],
    );
    assert.deepEqual(serDeInfo, {
      serializationLibrary: "org.openx.data.jsonserde.JsonSerDe",
      parameters: { "case.insensitive": "FALSE" },
    });
  });

  it("lists the tables that it is told, so that a query may be about several", async () => {
    const recording = await lake({ tables: ["public.orders", "public.customers"], retentionDays: 30 });
    const parameters = recording.only(GLUE_TABLE).inputs.parameters as Record<string, string>;
    assert.equal(parameters["projection.source_schema.values"], "public");
    assert.equal(parameters["projection.source_table.values"], "customers,orders");
    assert.equal(parameters["projection.day.range"], "NOW-30DAYS,NOW+1DAYS");
  });

  it("writes Parquet by the table's columns, and may read them then", async () => {
    const recording = await lake({ format: "parquet" });
    const { compressionFormat, dataFormatConversionConfiguration } = delivery(recording);
    assert.equal(compressionFormat, "UNCOMPRESSED");
    const { schemaConfiguration } = dataFormatConversionConfiguration as {
      schemaConfiguration: Record<string, string>;
    };
    assert.deepEqual(
      [schemaConfiguration.databaseName, schemaConfiguration.tableName],
      ["lake_test", "changes"],
    );
    assert.deepEqual(statements(recording).find(({ Sid }) => Sid === "ReadColumns")?.Resource, [
      "arn:aws:glue:eu-central-1:123456789012:catalog",
      "arn:aws:glue:eu-central-1:123456789012:database/lake_test",
      "arn:aws:glue:eu-central-1:123456789012:table/lake_test/changes",
    ]);
    assert.ok(recording.only(ALARM, "lake-unconverted"));
  });

  it("has a role that Firehose assumes for this account, to read one stream and write one bucket", async () => {
    const recording = await lake();
    const [trust] = JSON.parse(String(recording.only(ROLE).inputs.assumeRolePolicy)).Statement;
    assert.deepEqual(trust.Condition, { StringEquals: { "sts:ExternalId": "123456789012" } });
    assert.deepEqual(
      statements(recording).map(({ Sid }) => Sid),
      ["ReadStream", "StreamKey", "WriteObjects", "FindBucket", "BucketKey", "Log"],
    );
    for (const { Sid, Action, Resource } of statements(recording)) {
      assert.notEqual(Resource, "*", Sid);
      assert.ok(![Action].flat().some((action) => action.includes("*")), Sid);
    }
  });

  it("raises an alarm when it is behind by more than the buffer holds back, and when tables are too many", async () => {
    const recording = await lake({ bufferSeconds: 60, alarms: { behindSeconds: 120 } });
    assert.deepEqual(
      recording.ofType(ALARM).map(({ name, inputs }) => [name, inputs.metricName, inputs.threshold]),
      [
        ["lake-behind", "DeliveryToS3.DataFreshness", 180],
        ["lake-partitions", "PartitionCountExceeded", 1],
      ],
    );
  });

  it("gives its children the tags, and hands every transform to its child", async () => {
    const recording = await lake({
      tags: { team: "data" },
      transform: {
        bucket: { bucket: { bucketPrefix: "ours-" } },
        deliveryStream: { name: "ours" },
        role: { path: "/team/" },
        logGroup: { retentionInDays: 7 },
        database: { name: "theirs" },
        table: { description: "ours" },
        alarms: { evaluationPeriods: 9 },
      },
    });
    assert.equal(recording.only("aws:s3/bucket:Bucket").inputs.bucketPrefix, "ours-");
    assert.equal(recording.only(FIREHOSE).inputs.name, "ours");
    assert.deepEqual(recording.only(FIREHOSE).inputs.tags, { team: "data" });
    assert.equal(recording.only(ROLE).inputs.path, "/team/");
    assert.equal(recording.only("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 7);
    assert.equal(recording.only(GLUE_TABLE).inputs.databaseName, "theirs");
    assert.equal(recording.only(GLUE_TABLE).inputs.description, "ours");
    assert.ok(recording.ofType(ALARM).every(({ inputs }) => inputs.evaluationPeriods === 9));
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new DataLake("lake", {
          streamArn: "",
          kmsKeyArn: "k",
          format: "orc" as never,
          tables: ["orders"],
          bufferSeconds: 10,
          bufferMib: 5,
          retentionDays: 0,
          logRetentionDays: 2,
        }),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.trim().split(":")[0]),
      [
        'data lake "lake" has 9 faults',
        "streamArn",
        "streamArn",
        "kmsKeyArn",
        "format",
        "tables[0]",
        "bufferSeconds",
        "bufferMib",
        "retentionDays",
        "logRetentionDays",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });
});
