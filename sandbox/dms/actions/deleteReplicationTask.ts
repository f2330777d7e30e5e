import { z } from "zod";
import { taskView } from "../resources/taskView";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const deleteReplicationTask = operation(z.object({ ReplicationTaskArn: arn }), (request, service) => {
  const task = service.task(request.ReplicationTaskArn);
  if (!["ready", "stopped", "failed"].includes(task.Status)) {
    throw invalidState(
      `Replication task ${task.ReplicationTaskIdentifier} is ${task.Status}: it must be stopped before it can be deleted`,
    );
  }
  task.Status = "deleting";
  service.store.save();
  service.later(() => service.removeTask(task));
  return { ReplicationTask: taskView(service, task) };
});
