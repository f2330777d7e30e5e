import { z } from "zod";
import { resourceIdOf } from "../identity";
import { replicationView } from "../resources/replicationView";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const stopReplication = operation(z.object({ ReplicationConfigArn: arn }), (request, service) => {
  const { config, replication } = service.replication(request.ReplicationConfigArn);
  if (["created", "stopped", "failed", "stopping", "deleting"].includes(replication.Status)) {
    throw invalidState(`Replication ${config.ReplicationConfigIdentifier} is currently not running`);
  }
  replication.Status = "stopping";
  service.store.save();
  service.later(() => service.jobs.stop(resourceIdOf(config.ReplicationConfigArn)));
  return { Replication: replicationView(service, replication) };
});
