import assert from "node:assert/strict";
import { Warehouse, type WarehouseArgs } from "../../../../components/consumers/warehouse";
import type { PolicyStatement } from "../../../../components/policyDocument";
import type { ResourceType } from "../../../../policy/lib/resources";
import { policies } from "../../../../policy/policies";
import { check } from "../../../helpers/checkPolicy";
import { RESOURCE_TYPES } from "../../../helpers/goodResources";
import { failMocked, type Recording, runMocked } from "../../../helpers/mocks";

const NAMESPACE = "aws:redshiftserverless/namespace:Namespace";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";
const CLUSTER = "aws:redshift/cluster:Cluster";
const STATEMENT = "aws:redshiftdata/statement:Statement";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const ROLE = "aws:iam/role:Role";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/k";

const ARGS: WarehouseArgs = {
  streamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/Changes-1",
  kmsKeyArn: KEY,
  tables: ["public.orders", "Sales.Order's"],
  network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2", "subnet-3"] },
};

async function warehouse(args: Partial<WarehouseArgs> = {}): Promise<Recording> {
  return (await runMocked(() => new Warehouse("wh", { ...ARGS, ...args }))).recording;
}

/** What is to be read of each recorded resource, and not missed among the rest. */
function inputs(recording: Recording, type: string, ...names: string[]): unknown[] {
  const all = recording.only(type).inputs;
  return names.map((name) => all[name]);
}

function sql(recording: Recording, what: string): string {
  return String(recording.only(STATEMENT, `wh-${what}`).inputs.sql);
}

describe("Warehouse", () => {
  it("is a private, encrypted workgroup that takes TLS alone, with a password that Redshift keeps", async () => {
    const recording = await warehouse();
    assert.deepEqual(inputs(recording, NAMESPACE, "namespaceName", "dbName", "kmsKeyId"), [
      "wh-test",
      "rowstream",
      KEY,
    ]);
    assert.deepEqual(
      inputs(recording, NAMESPACE, "manageAdminPassword", "adminPasswordSecretKmsKeyId", "adminUserPassword"),
      [true, KEY, undefined],
    );
    assert.equal(recording.only(NAMESPACE).retainOnDelete, true, "what was gathered outlives the stack");
    assert.deepEqual(inputs(recording, WORKGROUP, "publiclyAccessible", "enhancedVpcRouting"), [false, true]);
    assert.deepEqual(inputs(recording, WORKGROUP, "baseCapacity", "maxCapacity"), [8, 32]);
    assert.deepEqual(recording.only(WORKGROUP).inputs.configParameters, [
      { parameterKey: "require_ssl", parameterValue: "true" },
      { parameterKey: "enable_case_sensitive_identifier", parameterValue: "true" },
    ]);
    assert.equal((await warehouse({ dataOnDestroy: "delete" })).only(NAMESPACE).retainOnDelete, false);
  });

  it("is a cluster of nodes on request, as closed as that, with a last snapshot", async () => {
    const recording = await warehouse({
      cluster: { nodes: 1 },
      network: { vpcId: "vpc-1", subnetIds: ["subnet-1"] },
    });
    assert.deepEqual(recording.ofType(WORKGROUP), []);
    assert.deepEqual(inputs(recording, CLUSTER, "nodeType", "clusterType", "numberOfNodes"), [
      "ra3.large",
      "single-node",
      1,
    ]);
    assert.deepEqual(
      inputs(recording, CLUSTER, "publiclyAccessible", "enhancedVpcRouting", "encrypted", "kmsKeyId"),
      [false, true, "true", KEY],
    );
    assert.deepEqual(inputs(recording, CLUSTER, "manageMasterPassword", "masterPassword"), [true, undefined]);
    assert.deepEqual(inputs(recording, CLUSTER, "skipFinalSnapshot", "finalSnapshotIdentifier"), [
      false,
      "wh-test-final",
    ]);
    assert.deepEqual(recording.only("aws:redshift/parameterGroup:ParameterGroup").inputs.parameters, [
      { name: "require_ssl", value: "true" },
      { name: "enable_case_sensitive_identifier", value: "true" },
    ]);
    assert.ok(recording.ofType(STATEMENT).every(({ inputs: { clusterIdentifier } }) => clusterIdentifier));
    const deleted = await warehouse({ cluster: { nodes: 2 }, dataOnDestroy: "delete" });
    assert.deepEqual(inputs(deleted, CLUSTER, "clusterType", "skipFinalSnapshot"), ["multi-node", true]);
  });

  it("reaches Kinesis in its VPC and nothing else, and lets in the clients that are named", async () => {
    const recording = await warehouse({ network: { ...ARGS.network, clientSecurityGroupIds: ["sg-bi"] } });
    assert.deepEqual(inputs(recording, ENDPOINT, "serviceName", "privateDnsEnabled"), [
      "com.amazonaws.eu-central-1.kinesis-streams",
      true,
    ]);
    const rules = [INGRESS, EGRESS].flatMap((type) =>
      recording
        .ofType(type)
        .map(({ inputs: rule }) => [
          type,
          rule.securityGroupId,
          rule.referencedSecurityGroupId,
          rule.fromPort,
          rule.toPort,
        ]),
    );
    assert.deepEqual(rules, [
      [INGRESS, "wh-id", "sg-bi", 5439, 5439],
      [INGRESS, "wh-endpoint-id", "wh-id", 443, 443],
      [EGRESS, "wh-id", "wh-endpoint-id", 443, 443],
    ]);
    assert.deepEqual(recording.only(WORKGROUP).inputs.securityGroupIds, ["wh-id"]);
  });

  it("takes the user's own groups and way to Kinesis", async () => {
    const own = await warehouse({ network: { ...ARGS.network, securityGroupIds: ["sg-1", "sg-2"] } });
    assert.deepEqual(
      own.ofType(INGRESS).map(({ inputs: rule }) => [rule.securityGroupId, rule.referencedSecurityGroupId]),
      [
        ["wh-endpoint-id", "sg-1"],
        ["wh-endpoint-id", "sg-2"],
      ],
    );
    assert.deepEqual(own.ofType(EGRESS), []);
    const existing = await warehouse({ network: { ...ARGS.network, kinesisEndpoint: "existing" } });
    assert.deepEqual([existing.ofType(ENDPOINT).length, existing.ofType(GROUP).length], [0, 1]);
    assert.equal(existing.only(EGRESS).inputs.cidrIpv4, "10.9.0.0/16");
  });

  it("has a role that reads one stream, and its key through Kinesis alone", async () => {
    const recording = await warehouse();
    const trust = JSON.parse(String(recording.only(ROLE).inputs.assumeRolePolicy)).Statement;
    assert.deepEqual(
      trust.map(({ Principal }: PolicyStatement) => Principal),
      [{ Service: "redshift.amazonaws.com" }, { Service: "redshift-serverless.amazonaws.com" }],
    );
    const { policy } = recording.only("aws:iam/rolePolicy:RolePolicy").inputs;
    const statements: PolicyStatement[] = JSON.parse(String(policy)).Statement;
    assert.deepEqual(
      statements.map(({ Action, Resource }) => [Action, Resource]),
      [
        [
          [
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
          ],
          ARGS.streamArn,
        ],
        ["kms:Decrypt", KEY],
        ["kinesis:ListStreams", "*"],
      ],
    );
    assert.deepEqual(statements[1]?.Condition, {
      StringEquals: { "kms:ViaService": "kinesis.eu-central-1.amazonaws.com" },
    });
  });

  it("passes every policy of the pack, of both kinds", async () => {
    for (const recording of [await warehouse(), await warehouse({ cluster: {} })]) {
      for (const { type, name, inputs: props } of recording.resources) {
        if (!RESOURCE_TYPES.includes(type as ResourceType)) continue;
        for (const policy of policies) {
          assert.deepEqual(check(policy, type as ResourceType, props), [], `${policy.name} on ${name}`);
        }
      }
    }
  });

  it("raises an alarm when the stream's slowest reader falls behind", async () => {
    const { inputs: alarm } = (
      await warehouse({ alarms: { behindSeconds: 120, topicArns: ["arn:topic"] } })
    ).only(ALARM);
    assert.deepEqual(
      [alarm.metricName, alarm.dimensions, alarm.threshold, alarm.alarmActions],
      ["GetRecords.IteratorAgeMilliseconds", { StreamName: "Changes-1" }, 120_000, ["arn:topic"]],
    );
  });

  it("can be previewed, when nothing of it is known yet", async () => {
    for (const cluster of [undefined, {}]) {
      const { recording } = await runMocked(
        () => new Warehouse("wh", { ...ARGS, ...(cluster && { cluster }) }),
        {
          preview: true,
        },
      );
      assert.equal(recording.ofType(STATEMENT).length, 9);
    }
  });

  it("hands every transform to its child, and tags them", async () => {
    const transform: WarehouseArgs["transform"] = {
      role: { path: "/ours/" },
      securityGroup: { name: "ours" },
      endpoint: { ipAddressType: "ipv4" },
      namespace: { namespaceName: "ours" },
      workgroup: { port: 5440 },
      alarm: { evaluationPeriods: 9 },
      cluster: { port: 5440 },
      parameterGroup: { name: "ours" },
      subnetGroup: { name: "ours" },
    };
    const recording = await warehouse({ transform, tags: { team: "data" } });
    assert.equal(recording.only(ROLE).inputs.path, "/ours/");
    assert.equal(recording.only(GROUP, "wh").inputs.name, "ours");
    assert.equal(recording.only(ENDPOINT).inputs.ipAddressType, "ipv4");
    assert.deepEqual(inputs(recording, NAMESPACE, "namespaceName", "tags"), ["ours", { team: "data" }]);
    assert.equal(recording.only(WORKGROUP).inputs.port, 5440);
    assert.equal(recording.only(ALARM).inputs.evaluationPeriods, 9);
    const cluster = await warehouse({ cluster: {}, transform });
    assert.equal(cluster.only(CLUSTER).inputs.port, 5440);
    assert.equal(cluster.only("aws:redshift/parameterGroup:ParameterGroup").inputs.name, "ours");
    assert.equal(cluster.only("aws:redshift/subnetGroup:SubnetGroup").inputs.name, "ours");
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new Warehouse("wh", {
          streamArn: "changes",
          kmsKeyArn: "",
          tables: ["orders", "a.b_c", "a_b.c", "x.y", "x.y_changes", `s.${"t".repeat(120)}`],
          network: { vpcId: "", subnetIds: [], securityGroupIds: [], kinesisEndpoint: "none" as never },
          serverless: { baseRpu: 2, maxRpu: 1 },
          dataOnDestroy: "keep" as never,
          alarms: { behindSeconds: 1 },
        }),
    );
    assert.deepEqual(
      error.message.split("\n").map((line) => line.trim().split(": ")[0]),
      [
        'warehouse "wh" has 17 faults:',
        "streamArn",
        "kmsKeyArn",
        "kmsKeyArn",
        "tables[0]",
        "tables[2]",
        "tables[2]",
        "tables[4]",
        "tables[5]",
        "network.vpcId",
        "network.vpcId",
        "network.subnetIds",
        "network.securityGroupIds",
        "network.kinesisEndpoint",
        "serverless.baseRpu",
        "serverless.maxRpu",
        "dataOnDestroy",
        "alarms.behindSeconds",
      ],
    );
    assert.deepEqual(recording.resources, []);
  });

  it("takes no two sizes, no other nodes than RA3, no clients of groups that it does not make", async () => {
    const { error } = await failMocked(
      () =>
        new Warehouse("wh", {
          ...ARGS,
          tables: [],
          network: { ...ARGS.network, securityGroupIds: ["sg-1"], clientSecurityGroupIds: ["sg-2"] },
          serverless: {},
          cluster: { nodeType: "dc2.large", nodes: 0 },
        }),
    );
    assert.deepEqual(error.message.split("\n").slice(1), [
      "  tables: is empty; name the tables that get views",
      "  network.clientSecurityGroupIds: is given with securityGroupIds; let clients in by your own groups",
      "  cluster: is given with serverless; give one of them",
      '  cluster.nodeType: "dc2.large" is not a type of the RA3 family; give one such as "ra3.large"',
      "  cluster.nodes: 0 is not allowed; give a whole number of nodes from 1 to 128",
    ]);
  });
});

describe("the warehouse's statements", () => {
  it("run as the administrator, each after what it needs", async () => {
    const recording = await warehouse();
    const statements = recording.ofType(STATEMENT);
    for (const { inputs: statement, dependencies } of statements) {
      assert.deepEqual([statement.database, statement.workgroupName], ["rowstream", "wh-test"]);
      assert.ok(dependencies.includes("Workgroup wh"), "a namespace without a workgroup runs nothing");
    }
    const after = Object.fromEntries(
      statements.map(({ name, dependencies }) => [
        name.slice(3),
        dependencies.filter((one) => /^(Statement|RolePolicy)/.test(one)).map((one) => one.split(" ")[1]),
      ]),
    );
    assert.deepEqual(after, {
      streams: ["wh"],
      schema: [],
      "ingest-procedure": ["wh-schema"],
      ingest: ["wh-streams", "wh-ingest-procedure"],
      events: ["wh-ingest"],
      public_orders: ["wh-events"],
      public_orders_changes: ["wh-events"],
      sales_order_s: ["wh-events"],
      sales_order_s_changes: ["wh-events"],
    });
  });

  it("may be run again: each makes what is not there, or replaces what holds no data", async () => {
    const recording = await warehouse();
    for (const { name, inputs: statement } of recording.ofType(STATEMENT)) {
      assert.match(String(statement.sql), /^(CREATE OR REPLACE|CREATE [A-Z ]*IF NOT EXISTS|CALL) /, name);
      assert.ok(!/DROP|DELETE|TRUNCATE/.test(String(statement.sql)), name);
      assert.ok(!/:/.test(String(statement.sql).replace(/'arn:[^']*'/, "")), `${name} has a parameter`);
    }
  });

  it("see the stream through the role, whatever the case of its name", async () => {
    const recording = await warehouse();
    assert.equal(
      sql(recording, "streams"),
      `CREATE EXTERNAL SCHEMA IF NOT EXISTS "rowstream_streams" FROM KINESIS IAM_ROLE 'arn:aws:test:eu-central-1:123456789012:Role/wh'`,
    );
    assert.equal(
      sql(recording, "ingest-procedure"),
      `CREATE OR REPLACE PROCEDURE "rowstream"."ingest"() NONATOMIC AS $$
DECLARE
  existing INTEGER;
BEGIN
  SELECT INTO existing COUNT(*) FROM svv_mv_info
    WHERE TRIM(schema_name) = 'rowstream' AND TRIM(name) = 'records';
  IF existing = 0 THEN
    EXECUTE 'CREATE MATERIALIZED VIEW "rowstream"."records" DISTKEY (partition_key) SORTKEY (approximate_arrival_timestamp) AUTO REFRESH YES AS
SELECT approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time,
  CASE WHEN CAN_JSON_PARSE(kinesis_data) THEN JSON_PARSE(kinesis_data) END AS event,
  CASE WHEN NOT CAN_JSON_PARSE(kinesis_data) THEN kinesis_data END AS unreadable
FROM "rowstream_streams"."Changes-1"';
  END IF;
END;
$$ LANGUAGE plpgsql`,
    );
    assert.equal(sql(recording, "ingest"), 'CALL "rowstream"."ingest"()');
  });

  it("read an event's members as SUPER, each of them quoted", async () => {
    const text = sql(await warehouse(), "events");
    assert.ok(text.includes('CAST(r.event."source"."table" AS VARCHAR(512)) AS source_table'));
    assert.ok(text.includes('COALESCE(r.event."old", r.event."before") AS old_row'));
    assert.ok(
      text.includes('CASE WHEN m.event."specversion" IS NULL THEN m.event ELSE m.event."data" END AS event'),
    );
  });

  it("select a table by its name to the letter", async () => {
    const recording = await warehouse();
    assert.equal(
      sql(recording, "sales_order_s"),
      `CREATE OR REPLACE VIEW "rowstream"."sales_order_s" AS
SELECT row_key, new_row AS row_data, changed_at, sequence, ref
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY partition_key ORDER BY sequence DESC, arrived_at, sequence_number) AS nth
  FROM "rowstream"."events"
  WHERE source_schema = 'Sales' AND source_table = 'Order''s'
) AS e
WHERE nth = 1 AND op <> 'delete'`,
    );
  });
});
