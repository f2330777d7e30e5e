import { z } from "zod";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const deleteReplicationInstance = operation(
  z.object({ ReplicationInstanceArn: arn }),
  (request, service) => {
    const instance = service.instance(request.ReplicationInstanceArn);
    const { state } = service.store;
    const { ReplicationInstanceArn, ReplicationInstanceIdentifier } = instance;
    const tasks = Object.values(state.tasks).filter(
      (task) => task.ReplicationInstanceArn === ReplicationInstanceArn,
    );
    if (tasks.length > 0) {
      const names = tasks.map((task) => task.ReplicationTaskIdentifier).join(", ");
      throw invalidState(
        `Replication Instance ${ReplicationInstanceIdentifier} cannot be deleted because it has the replication tasks ${names}`,
      );
    }
    if (instance.ReplicationInstanceStatus !== "available") {
      throw invalidState(
        `Replication Instance ${ReplicationInstanceIdentifier} is ${instance.ReplicationInstanceStatus}, not available`,
      );
    }
    instance.ReplicationInstanceStatus = "deleting";
    service.store.save();
    service.later(() => {
      delete state.instances[ReplicationInstanceArn];
      delete state.tags[ReplicationInstanceArn];
      for (const [key, connection] of Object.entries(state.connections)) {
        if (connection.ReplicationInstanceArn === ReplicationInstanceArn) {
          delete state.connections[key];
        }
      }
      service.store.save();
    });
    return { ReplicationInstance: { ...instance } };
  },
);
