import { z } from "zod";
import { checkStartType, startTypeInput } from "../resources/startType";
import { cdcInput } from "../resources/taskInput";
import { taskView } from "../resources/taskView";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const startReplicationTask = operation(
  z.object({ ...cdcInput, ReplicationTaskArn: arn, StartReplicationTaskType: startTypeInput }),
  (request, service) => {
    const task = service.task(request.ReplicationTaskArn);
    if (!["ready", "stopped", "failed"].includes(task.Status)) {
      throw invalidState(
        `Replication Task cannot be started, invalid state: ${task.ReplicationTaskIdentifier} is ${task.Status}`,
      );
    }
    checkStartType(request.StartReplicationTaskType, task.ReplicationTaskStartDate !== undefined);
    const failed = Object.values(service.store.state.connections).find(
      (connection) =>
        connection.ReplicationInstanceArn === task.ReplicationInstanceArn &&
        [task.SourceEndpointArn, task.TargetEndpointArn].includes(connection.EndpointArn ?? "") &&
        connection.Status === "failed",
    );
    if (failed !== undefined) {
      throw invalidState(
        `Test connection for replication instance and endpoint should be successful for starting the replication task: ${failed.EndpointIdentifier} failed`,
      );
    }
    service.runTask(task, request.StartReplicationTaskType);
    return { ReplicationTask: taskView(service, task) };
  },
);
