import type { AwsPlan } from "./awsPlan";

/** How much of a quota is used; undefined where AWS does not say. */
export interface Quota {
  used: number;
  limit: number;
}

/** A subnet of the user's own. */
export interface SubnetFacts {
  id: string;
  vpcId: string;
  zone: string;
}

/** What an account has for a pipeline. A part that could not be read is undefined, and named in `unread`. */
export interface AwsFacts {
  account?: string;
  /** DMS's quotas by its own names: ReplicationInstances, Endpoints, AllocatedStorage (GiB) … */
  dms?: ReadonlyMap<string, Quota>;
  /** The names of the tables of the region. */
  dynamoTables?: ReadonlySet<string>;
  /** The most provisioned write units of all tables together. */
  accountWriteUnits?: number;
  /** Concurrent executions that no function has reserved. */
  lambdaConcurrency?: number;
  kinesis?: { onDemandStreams: Quota; shards: Quota };
  /** Which of DMS's two account-wide roles there are. */
  roles?: ReadonlySet<string>;
  /** The plan's own subnets; those that are not there are missing. */
  subnets?: readonly SubnetFacts[];
  /** The services with an endpoint in the plan's own VPC: `dynamodb`, `s3`, `logs` … */
  endpoints?: ReadonlySet<string>;
  /** What could not be read, and why. */
  unread: { what: string; why: string }[];
}

/** DMS looks these up by name (AWS DMS user guide, security-iam). */
export const ACCOUNT_ROLES = ["dms-vpc-role", "dms-cloudwatch-logs-role"] as const;

/** A look that takes longer tells nothing that a deployment would wait for. */
const CLIENT = { maxAttempts: 2, requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 } };

/** Reads what an account has for a pipeline, as far as the credentials allow. Changes nothing. */
export async function readAws(plan: AwsPlan): Promise<AwsFacts> {
  const facts: AwsFacts = { unread: [] };
  const config = { ...CLIENT, region: plan.region };
  try {
    const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
    const { Account } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    if (Account !== undefined) {
      facts.account = Account;
    }
  } catch (error) {
    facts.unread.push({ what: `the account in ${plan.region}`, why: (error as Error).message });
    return facts;
  }
  /** Each part on its own: one that the credentials do not allow leaves the others. */
  const part = async (what: string, read: () => Promise<void>) => {
    try {
      await read();
    } catch (error) {
      facts.unread.push({ what, why: (error as Error).message });
    }
  };
  await Promise.all([
    part("DMS's quotas", async () => {
      facts.dms = await dmsQuotas(config);
    }),
    part("DynamoDB's tables and limits", async () => {
      Object.assign(facts, await dynamo(config));
    }),
    part("Lambda's concurrency", async () => {
      const { GetAccountSettingsCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
      const { AccountLimit } = await new LambdaClient(config).send(new GetAccountSettingsCommand({}));
      if (AccountLimit?.UnreservedConcurrentExecutions !== undefined) {
        facts.lambdaConcurrency = AccountLimit.UnreservedConcurrentExecutions;
      }
    }),
    part("Kinesis's limits", async () => {
      facts.kinesis = await kinesisLimits(config);
    }),
    part("the account's roles", async () => {
      facts.roles = await accountRoles(config);
    }),
    ...(plan.network.vpcId === undefined
      ? []
      : [
          part("the VPC's subnets and endpoints", async () => {
            Object.assign(facts, await network(config, plan.network));
          }),
        ]),
  ]);
  return facts;
}

type Config = typeof CLIENT & { region: string };

async function dmsQuotas(config: Config): Promise<ReadonlyMap<string, Quota>> {
  const dms = await import("@aws-sdk/client-database-migration-service");
  const { AccountQuotas = [] } = await new dms.DatabaseMigrationServiceClient(config).send(
    new dms.DescribeAccountAttributesCommand({}),
  );
  return new Map(
    AccountQuotas.map(({ AccountQuotaName = "", Used = 0, Max = 0 }) => [
      AccountQuotaName,
      { used: Used, limit: Max },
    ]),
  );
}

async function dynamo(config: Config): Promise<Pick<AwsFacts, "dynamoTables" | "accountWriteUnits">> {
  const { DescribeLimitsCommand, DynamoDBClient, paginateListTables } = await import(
    "@aws-sdk/client-dynamodb"
  );
  const client = new DynamoDBClient(config);
  const dynamoTables = new Set<string>();
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const name of TableNames) {
      dynamoTables.add(name);
    }
  }
  const { AccountMaxWriteCapacityUnits } = await client.send(new DescribeLimitsCommand({}));
  return {
    dynamoTables,
    ...(AccountMaxWriteCapacityUnits !== undefined && { accountWriteUnits: AccountMaxWriteCapacityUnits }),
  };
}

async function kinesisLimits(config: Config): Promise<NonNullable<AwsFacts["kinesis"]>> {
  const { DescribeLimitsCommand, KinesisClient } = await import("@aws-sdk/client-kinesis");
  const limits = await new KinesisClient(config).send(new DescribeLimitsCommand({}));
  const {
    OnDemandStreamCount = 0,
    OnDemandStreamCountLimit = 0,
    OpenShardCount = 0,
    ShardLimit = 0,
  } = limits;
  return {
    onDemandStreams: { used: OnDemandStreamCount, limit: OnDemandStreamCountLimit },
    shards: { used: OpenShardCount, limit: ShardLimit },
  };
}

async function accountRoles(config: Config): Promise<ReadonlySet<string>> {
  const { GetRoleCommand, IAMClient, NoSuchEntityException } = await import("@aws-sdk/client-iam");
  const client = new IAMClient(config);
  const roles = new Set<string>();
  for (const RoleName of ACCOUNT_ROLES) {
    try {
      await client.send(new GetRoleCommand({ RoleName }));
      roles.add(RoleName);
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) {
        throw error;
      }
    }
  }
  return roles;
}

async function network(
  config: Config,
  { vpcId = "", subnetIds = [] }: AwsPlan["network"],
): Promise<Pick<AwsFacts, "subnets" | "endpoints">> {
  const ec2 = await import("@aws-sdk/client-ec2");
  const client = new ec2.EC2Client(config);
  // By a filter, which leaves out a subnet that is not there; by their ids the call would fail for it.
  const filters = [{ Name: "subnet-id", Values: subnetIds }];
  const { Subnets = [] } =
    subnetIds.length === 0 ? {} : await client.send(new ec2.DescribeSubnetsCommand({ Filters: filters }));
  const { VpcEndpoints = [] } = await client.send(
    new ec2.DescribeVpcEndpointsCommand({ Filters: [{ Name: "vpc-id", Values: [String(vpcId)] }] }),
  );
  return {
    subnets: Subnets.map((subnet) => ({
      id: subnet.SubnetId ?? "",
      vpcId: subnet.VpcId ?? "",
      zone: subnet.AvailabilityZone ?? "",
    })),
    endpoints: new Set(
      VpcEndpoints.filter(({ State }) => State?.toLowerCase() === "available").map(
        ({ ServiceName = "" }) => ServiceName.split(".").at(-1) ?? "",
      ),
    ),
  };
}
