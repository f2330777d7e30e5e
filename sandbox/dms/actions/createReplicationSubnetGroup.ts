import { z } from "zod";
import { subnets, subnetsOf } from "../resources/subnets";
import { alreadyExists } from "../wire/fault";
import { identifier, operation, tags } from "../wire/operation";

export const createReplicationSubnetGroup = operation(
  z.object({
    ReplicationSubnetGroupIdentifier: identifier(),
    ReplicationSubnetGroupDescription: z.string().min(1),
    SubnetIds: subnets,
    Tags: tags,
  }),
  async (request, service) => {
    const id = request.ReplicationSubnetGroupIdentifier;
    const { subnetGroups } = service.store.state;
    if (subnetGroups[id] !== undefined) {
      throw alreadyExists("Replication subnet group", id);
    }
    await service.roles.checkNetwork();
    const group = {
      ReplicationSubnetGroupIdentifier: id,
      ReplicationSubnetGroupDescription: request.ReplicationSubnetGroupDescription,
      VpcId: "vpc-sandbox",
      SubnetGroupStatus: "Complete",
      Subnets: subnetsOf(request.SubnetIds),
      SupportedNetworkTypes: ["IPV4"],
    };
    subnetGroups[id] = group;
    service.setTags(service.arn("subgrp", id), request.Tags);
    service.store.save();
    return { ReplicationSubnetGroup: group };
  },
);
