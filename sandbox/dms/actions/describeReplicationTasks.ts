import { z } from "zod";
import { taskView } from "../resources/taskView";
import { notFound } from "../wire/fault";
import { describeInput, operation, select } from "../wire/operation";

export const describeReplicationTasks = operation(
  describeInput.extend({ WithoutSettings: z.boolean().default(false) }),
  (request, service) => {
    const { page, Marker } = select(Object.values(service.store.state.tasks), request, {
      "replication-task-arn": (task) => task.ReplicationTaskArn,
      "replication-task-id": (task) => task.ReplicationTaskIdentifier,
      "migration-type": (task) => task.MigrationType,
      "endpoint-arn": (task) => task.SourceEndpointArn,
      "replication-instance-arn": (task) => task.ReplicationInstanceArn,
    });
    if (page.length === 0 && request.Filters.length > 0) {
      throw notFound("Replication task", request.Filters.flatMap((filter) => filter.Values).join(", "));
    }
    return { ReplicationTasks: page.map((task) => taskView(service, task, request.WithoutSettings)), Marker };
  },
);
