import { DEFAULT_INSTANCE } from "../../../components/replication/sizing";
import { targetNames } from "../../../components/replication/tableMappings";
import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import { configCommand, type Plan } from "../plan";
import { LOAD_WRITE_UNITS } from "../rules/rates";
import type { TableFacts } from "../sourceFacts";
import { ACCOUNT_ROLES, type AwsFacts, type Quota } from "./awsFacts";
import type { AwsPlan } from "./awsPlan";

/** DynamoDB's quota of tables in a region (DynamoDB developer guide, ServiceQuotas); no call tells a raised one. */
const TABLE_QUOTA = 2500;

/** What the pipeline's tables add to the account: themselves, the progress table and DMS's exceptions. */
const TABLES_OF_ITS_OWN = 2;

/** What is held against an account. */
export interface AwsSubject {
  facts: AwsFacts;
  aws: AwsPlan;
  plan: Plan;
  /** The tables that the source has for the plan; empty where it could not be read. */
  tables: readonly TableFacts[];
  /** The pipeline is there already: what it takes is in the counts. */
  deployed: boolean;
}

/** What an account lacks for a pipeline. Pure. */
export function awsFindings(subject: AwsSubject): Finding[] {
  const { facts, deployed } = subject;
  return [
    ...facts.unread.map(({ what, why }) =>
      finding(
        "aws-unread",
        what,
        `was not looked at: ${why}`,
        "give credentials that may read it, or do without this look",
      ),
    ),
    ...(deployed ? [] : newPipeline(subject)),
    ...concurrency(subject),
    ...roles(subject),
    ...subnets(subject),
    ...endpoints(subject),
  ];
}

/** What a pipeline takes that is not there yet. */
function newPipeline({ facts, aws, plan, tables }: AwsSubject): Finding[] {
  const { instance, serverless } = aws.replication;
  const needs: [string, Quota | undefined, number][] = [
    ["DMS Endpoints", facts.dms?.get("Endpoints"), 2],
    ["DMS ReplicationSubnetGroups", facts.dms?.get("ReplicationSubnetGroups"), 1],
    ...(serverless === undefined
      ? ([
          ["DMS ReplicationInstances", facts.dms?.get("ReplicationInstances"), 1],
          ["DMS ReplicationTasks", facts.dms?.get("ReplicationTasks"), 1],
          [
            "DMS AllocatedStorage (GiB)",
            facts.dms?.get("AllocatedStorage"),
            instance?.storageGib ?? DEFAULT_INSTANCE.storageGib,
          ],
        ] satisfies [string, Quota | undefined, number][])
      : []),
    ["DynamoDB tables", tableQuota(facts), tables.length + TABLES_OF_ITS_OWN],
    ["DynamoDB write units of the full load", loadQuota(facts), (tables.length + 1) * LOAD_WRITE_UNITS],
    ...stream(facts, aws),
  ];
  return [
    ...needs.flatMap(([name, quota, needed]) =>
      quota === undefined || quota.used + needed <= quota.limit
        ? []
        : [
            finding(
              "aws-quota",
              name,
              `${quota.used} of ${quota.limit} are in use, and the pipeline needs ${needed} more`,
              `ask for more in Service Quotas (region ${aws.region}), or free some`,
            ),
          ],
    ),
    ...occupied(facts, plan, tables),
  ];
}

function tableQuota({ dynamoTables }: AwsFacts): Quota | undefined {
  return dynamoTables && { used: dynamoTables.size, limit: TABLE_QUOTA };
}

/** What other tables have provisioned is in no call's answer: this is the least that is needed. */
function loadQuota({ accountWriteUnits }: AwsFacts): Quota | undefined {
  return accountWriteUnits === undefined ? undefined : { used: 0, limit: accountWriteUnits };
}

function stream(facts: AwsFacts, { stream: wanted }: AwsPlan): [string, Quota | undefined, number][] {
  if (wanted.existingName !== undefined) {
    return [];
  }
  return wanted.mode === "provisioned"
    ? [["Kinesis shards", facts.kinesis?.shards, wanted.shards ?? 1]]
    : [["Kinesis on-demand streams", facts.kinesis?.onDemandStreams, 1]];
}

/** DMS writes into a table that is there: rowstream does not let it drop one. */
function occupied({ dynamoTables }: AwsFacts, plan: Plan, tables: readonly TableFacts[]): Finding[] {
  const mapped = targetNames(plan.tables);
  return tables.flatMap((table) => {
    const source = qualifiedName(table);
    const name = mapped[source] ?? table.table;
    return dynamoTables?.has(name)
      ? [
          finding(
            "dynamodb-table",
            source,
            `there is a DynamoDB table "${name}" already, and DMS would write into it`,
            "delete that table, or, if it is not this source's, list the key in rowstream:tables.keys for a name with the schema, or deploy to another region",
          ),
        ]
      : [];
  });
}

/** Each shard of each table's stream has an invocation of its own. */
function concurrency({ facts, aws, tables }: AwsSubject): Finding[] {
  const needed = tables.length * (aws.fanIn.parallelization ?? 1);
  const { lambdaConcurrency } = facts;
  return lambdaConcurrency === undefined || lambdaConcurrency >= needed
    ? []
    : [
        finding(
          "lambda-concurrency",
          "Lambda concurrent executions",
          `${lambdaConcurrency} are unreserved in the account, and ${needed} table streams can call the fan-in at once`,
          `ask for more in Service Quotas (region ${aws.region}), or lower rowstream:fanIn.parallelization`,
        ),
      ];
}

function roles({ facts, aws, plan }: AwsSubject): Finding[] {
  const missing = ACCOUNT_ROLES.filter((role) => facts.roles !== undefined && !facts.roles.has(role));
  return aws.replication.accountRoles !== "reuse" || missing.length === 0
    ? []
    : [
        finding(
          "account-role",
          missing.join(", "),
          "is not in the account, and rowstream:replication.accountRoles is reuse",
          configCommand(plan, "rowstream:replication.accountRoles", "create"),
        ),
      ];
}

/** DMS wants two subnets in two zones (AWS DMS user guide, CHAP_ReplicationInstance.VPC). */
function subnets({ facts, aws }: AwsSubject): Finding[] {
  const { vpcId, subnetIds = [] } = aws.network;
  const found = facts.subnets;
  if (found === undefined) {
    return [];
  }
  const missing = subnetIds.filter((id) => !found.some((subnet) => subnet.id === id));
  const strangers = found.filter((subnet) => subnet.vpcId !== vpcId);
  const zones = new Set(found.map(({ zone }) => zone));
  const reasons = [
    ...(missing.length > 0 ? [`${missing.join(", ")} is in no VPC of the region`] : []),
    ...strangers.map(({ id, vpcId: other }) => `${id} is in ${other}, and not in ${vpcId}`),
    ...(missing.length === 0 && zones.size < 2
      ? [`all are in ${[...zones].join()}; DMS needs two availability zones`]
      : []),
  ];
  return reasons.map((reason) =>
    finding(
      "subnets",
      "rowstream:network.subnetIds",
      reason,
      `name two subnets of ${vpcId} in two zones: aws ec2 describe-subnets --filters Name=vpc-id,Values=${vpcId}`,
    ),
  );
}

/** DMS reaches its target privately, or by a way of the VPC's own to the internet. */
function endpoints({ facts, aws, plan }: AwsSubject): Finding[] {
  const { vpcId, routeTableIds } = aws.network;
  if (facts.endpoints === undefined || routeTableIds !== undefined) {
    return [];
  }
  const needed = ["dynamodb", "s3", "logs", ...(aws.usesSecret ? ["secretsmanager"] : [])];
  const missing = needed.filter((service) => !facts.endpoints?.has(service));
  return missing.length === 0
    ? []
    : [
        finding(
          "vpc-endpoints",
          String(vpcId),
          `has no endpoint for ${missing.join(", ")}: without one, or a NAT gateway, DMS cannot reach it`,
          `have them made: ${configCommand(plan, "rowstream:network.routeTableIds[0]", "rtb-…")}`,
        ),
      ];
}
