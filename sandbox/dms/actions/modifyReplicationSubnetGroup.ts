import { z } from "zod";
import { subnets, subnetsOf } from "../resources/subnets";
import { notFound } from "../wire/fault";
import { identifier, operation } from "../wire/operation";

export const modifyReplicationSubnetGroup = operation(
  z.object({
    ReplicationSubnetGroupIdentifier: identifier(),
    ReplicationSubnetGroupDescription: z.string().min(1).optional(),
    SubnetIds: subnets,
  }),
  (request, service) => {
    const group = service.store.state.subnetGroups[request.ReplicationSubnetGroupIdentifier];
    if (group === undefined) {
      throw notFound("Replication subnet group", request.ReplicationSubnetGroupIdentifier);
    }
    group.Subnets = subnetsOf(request.SubnetIds);
    group.ReplicationSubnetGroupDescription =
      request.ReplicationSubnetGroupDescription ?? group.ReplicationSubnetGroupDescription;
    service.store.save();
    return { ReplicationSubnetGroup: group };
  },
);
