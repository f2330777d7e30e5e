import {
  CreateReplicationSubnetGroupCommand,
  DeleteReplicationSubnetGroupCommand,
  DescribeReplicationSubnetGroupsCommand,
  ModifyReplicationSubnetGroupCommand,
  type ReplicationSubnetGroup,
} from "@aws-sdk/client-database-migration-service";
import { readDmsTags, writeDmsTags } from "../../dmsTags";
import type { Properties } from "../../properties";
import { arn } from "../../recorded";
import type { Context, ResourceType } from "../../resourceType";
import { tagList } from "../../tags";
import { unlessError } from "../../waitFor";

/** aws.dms.ReplicationSubnetGroup on the sandbox's DMS. Its id is its own. */
export const replicationSubnetGroup: ResourceType = {
  replaceOn: ["replicationSubnetGroupId"],
  sets: ["subnetIds"],
  check: ({ subnetIds }) =>
    Array.isArray(subnetIds) && subnetIds.length < 2
      ? [{ property: "subnetIds", reason: "DMS needs two subnets or more, in two availability zones" }]
      : [],

  async create(inputs, { clients }) {
    await clients.dms.send(
      new CreateReplicationSubnetGroupCommand({ ...parameters(inputs), Tags: tagList(inputs.tags) }),
    );
    return String(inputs.replicationSubnetGroupId);
  },

  async read(id, context) {
    const found = await find(id, context);
    return (
      found && {
        inputs: {
          replicationSubnetGroupId: found.ReplicationSubnetGroupIdentifier,
          replicationSubnetGroupDescription: found.ReplicationSubnetGroupDescription,
          subnetIds: found.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
          tags: await readDmsTags(arnOf(id, context), context),
        },
        outputs: { replicationSubnetGroupArn: arnOf(id, context), vpcId: found.VpcId ?? "" },
      }
    );
  },

  async update(id, inputs, old, context) {
    await context.clients.dms.send(new ModifyReplicationSubnetGroupCommand(parameters(inputs)));
    await writeDmsTags(arnOf(id, context), old, inputs, context);
  },

  async delete(id, _state, { clients }) {
    await unlessError(
      clients.dms.send(new DeleteReplicationSubnetGroupCommand({ ReplicationSubnetGroupIdentifier: id })),
      "ResourceNotFoundFault",
    );
  },
};

function parameters(inputs: Properties) {
  return {
    ReplicationSubnetGroupIdentifier: String(inputs.replicationSubnetGroupId),
    ReplicationSubnetGroupDescription: String(inputs.replicationSubnetGroupDescription),
    SubnetIds: inputs.subnetIds as string[],
  };
}

function arnOf(id: string, context: Context): string {
  return arn("dms", `subgrp:${id}`, context);
}

async function find(id: string, { clients }: Context): Promise<ReplicationSubnetGroup | undefined> {
  const Filters = [{ Name: "replication-subnet-group-id", Values: [id] }];
  const answer = await unlessError(
    clients.dms.send(new DescribeReplicationSubnetGroupsCommand({ Filters })),
    "ResourceNotFoundFault",
  );
  return answer?.ReplicationSubnetGroups?.find(
    ({ ReplicationSubnetGroupIdentifier }) => ReplicationSubnetGroupIdentifier === id,
  );
}
