import { z } from "zod";
import { replicationView } from "../resources/replicationView";
import { checkStartType, startTypeInput } from "../resources/startType";
import { cdcInput } from "../resources/taskInput";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const startReplication = operation(
  z.object({ ...cdcInput, ReplicationConfigArn: arn, StartReplicationType: startTypeInput }),
  (request, service) => {
    const { config, replication } = service.replication(request.ReplicationConfigArn);
    if (!["created", "stopped", "failed"].includes(replication.Status)) {
      throw invalidState(
        `Replication ${config.ReplicationConfigIdentifier} cannot be started: it is ${replication.Status}`,
      );
    }
    checkStartType(request.StartReplicationType, replication.StartReplicationType !== undefined);
    service.runReplication(config.ReplicationConfigArn, request.StartReplicationType);
    return { Replication: replicationView(service, replication) };
  },
);
