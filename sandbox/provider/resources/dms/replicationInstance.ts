import {
  CreateReplicationInstanceCommand,
  DeleteReplicationInstanceCommand,
  DescribeReplicationInstancesCommand,
  ModifyReplicationInstanceCommand,
  type ReplicationInstance,
} from "@aws-sdk/client-database-migration-service";
import { readDmsTags, writeDmsTags } from "../../dmsTags";
import { type Properties, pick } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { tagList } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";
import { toWire } from "../../wireNames";

const SPELLINGS = {
  multiAz: "MultiAZ",
  replicationInstanceId: "ReplicationInstanceIdentifier",
  replicationSubnetGroupId: "ReplicationSubnetGroupIdentifier",
  kmsKeyArn: "KmsKeyId",
};

/** What ModifyReplicationInstance takes, and CreateReplicationInstance besides. */
const MODIFIABLE = [
  "allocatedStorage",
  "autoMinorVersionUpgrade",
  "engineVersion",
  "multiAz",
  "networkType",
  "preferredMaintenanceWindow",
  "replicationInstanceClass",
  "vpcSecurityGroupIds",
] as const;
const FIXED = [
  "availabilityZone",
  "dnsNameServers",
  "kmsKeyArn",
  "publiclyAccessible",
  "replicationInstanceId",
  "replicationSubnetGroupId",
] as const;

/** aws.dms.ReplicationInstance on the sandbox's DMS. Its id is its own. */
export const replicationInstance: ResourceType = {
  replaceOn: FIXED,
  sets: ["vpcSecurityGroupIds"],
  providerOnly: ["allowMajorVersionUpgrade", "applyImmediately"],
  unsupported: ["kerberosAuthenticationSettings"],
  changes: (old, inputs) => (old.engineVersion === inputs.engineVersion ? [] : ["engineVersion"]),

  async create(inputs, context) {
    const id = String(inputs.replicationInstanceId);
    await context.clients.dms.send(
      new CreateReplicationInstanceCommand({
        ...(toWire(pick(inputs, [...FIXED, ...MODIFIABLE]), SPELLINGS) as {
          ReplicationInstanceIdentifier: string;
          ReplicationInstanceClass: string;
        }),
        Tags: tagList(inputs.tags),
      }),
    );
    context.made(id);
    await available(id, context);
    return id;
  },

  async read(id, context, known) {
    const found = await find(id, context);
    if (found === undefined || found.ReplicationInstanceStatus === "deleting") {
      return undefined;
    }
    const arn = found.ReplicationInstanceArn ?? "";
    return {
      inputs: { ...describedInputs(found, known), tags: await readDmsTags(arn, context) },
      outputs: {
        replicationInstanceArn: arn,
        replicationInstancePrivateIps: found.ReplicationInstancePrivateIpAddresses ?? [],
        replicationInstancePublicIps: found.ReplicationInstancePublicIpAddresses ?? [],
      },
    };
  },

  async update(id, inputs, old, context) {
    const ReplicationInstanceArn = (await find(id, context))?.ReplicationInstanceArn ?? "";
    const changed = MODIFIABLE.filter((name) => JSON.stringify(inputs[name]) !== JSON.stringify(old[name]));
    if (changed.length > 0) {
      await context.clients.dms.send(
        new ModifyReplicationInstanceCommand({
          ...(toWire(pick(inputs, changed), SPELLINGS) as Properties),
          ReplicationInstanceArn,
          AllowMajorVersionUpgrade: inputs.allowMajorVersionUpgrade as boolean | undefined,
          // Otherwise a change waits for the maintenance window, days away, with AWS as well.
          ApplyImmediately: inputs.applyImmediately as boolean | undefined,
        }),
      );
      await available(id, context);
    }
    await writeDmsTags(ReplicationInstanceArn, old, inputs, context);
  },

  async delete(id, _state, context) {
    const found = await find(id, context);
    if (found === undefined) {
      return;
    }
    const { ReplicationInstanceArn } = found;
    await unlessError(
      context.clients.dms.send(new DeleteReplicationInstanceCommand({ ReplicationInstanceArn })),
      "ResourceNotFoundFault",
    );
    await waitFor(context, `replication instance ${id} to be gone`, async () =>
      (await find(id, context)) === undefined ? true : undefined,
    );
  },
};

function describedInputs(found: ReplicationInstance, known: Properties): Properties {
  return {
    replicationInstanceId: found.ReplicationInstanceIdentifier,
    replicationInstanceClass: found.ReplicationInstanceClass,
    allocatedStorage: found.AllocatedStorage,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? false,
    availabilityZone: found.AvailabilityZone,
    dnsNameServers: found.DnsNameServers,
    engineVersion: found.EngineVersion,
    kmsKeyArn: found.KmsKeyId ?? known.kmsKeyArn,
    multiAz: found.MultiAZ ?? false,
    networkType: found.NetworkType ?? "IPV4",
    preferredMaintenanceWindow: found.PreferredMaintenanceWindow,
    publiclyAccessible: found.PubliclyAccessible ?? false,
    replicationSubnetGroupId: found.ReplicationSubnetGroup?.ReplicationSubnetGroupIdentifier,
    vpcSecurityGroupIds: found.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
  };
}

async function find(id: string, { clients }: Context): Promise<ReplicationInstance | undefined> {
  const Filters = [{ Name: "replication-instance-id", Values: [id] }];
  const answer = await unlessError(
    clients.dms.send(new DescribeReplicationInstancesCommand({ Filters })),
    "ResourceNotFoundFault",
  );
  return answer?.ReplicationInstances?.find(
    ({ ReplicationInstanceIdentifier }) => ReplicationInstanceIdentifier === id,
  );
}

function available(id: string, context: Context): Promise<ReplicationInstance> {
  return waitFor(context, `replication instance ${id} to be available`, async () => {
    const found = await find(id, context);
    return found?.ReplicationInstanceStatus === "available" ? found : undefined;
  });
}
