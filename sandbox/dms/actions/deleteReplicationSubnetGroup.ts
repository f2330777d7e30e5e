import { z } from "zod";
import { invalidState, notFound } from "../wire/fault";
import { identifier, operation } from "../wire/operation";

export const deleteReplicationSubnetGroup = operation(
  z.object({ ReplicationSubnetGroupIdentifier: identifier() }),
  (request, service) => {
    const id = request.ReplicationSubnetGroupIdentifier;
    const { subnetGroups, instances, tags } = service.store.state;
    if (subnetGroups[id] === undefined) {
      throw notFound("Replication subnet group", id);
    }
    const user = Object.values(instances).find(
      (instance) => instance.ReplicationSubnetGroup?.ReplicationSubnetGroupIdentifier === id,
    );
    if (user !== undefined) {
      throw invalidState(
        `Cannot delete the replication subnet group '${id}' because the replication instance '${user.ReplicationInstanceIdentifier}' uses it`,
      );
    }
    delete subnetGroups[id];
    delete tags[service.arn("subgrp", id)];
    service.store.save();
    return {};
  },
);
