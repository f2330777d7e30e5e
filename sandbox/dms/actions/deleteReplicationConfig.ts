import { z } from "zod";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const deleteReplicationConfig = operation(
  z.object({ ReplicationConfigArn: arn }),
  (request, service) => {
    const { config, replication } = service.replication(request.ReplicationConfigArn);
    if (!["created", "stopped", "failed"].includes(replication.Status)) {
      throw invalidState(
        `Replication ${config.ReplicationConfigIdentifier} is ${replication.Status}: it must be stopped before it can be deleted`,
      );
    }
    replication.Status = "deleting";
    service.store.save();
    service.later(() => service.removeReplication(config));
    return { ReplicationConfig: config };
  },
);
