import { z } from "zod";
import { resourceIdOf } from "../identity";
import { taskView } from "../resources/taskView";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const stopReplicationTask = operation(z.object({ ReplicationTaskArn: arn }), (request, service) => {
  const task = service.task(request.ReplicationTaskArn);
  if (task.Status !== "running") {
    throw invalidState(`Replication task ${task.ReplicationTaskIdentifier} is currently not running`);
  }
  task.Status = "stopping";
  service.store.save();
  service.later(() => service.jobs.stop(resourceIdOf(task.ReplicationTaskArn)));
  return { ReplicationTask: taskView(service, task) };
});
