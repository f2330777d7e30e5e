import { z } from "zod";
import { newResourceId } from "../identity";
import { parseTableMappings } from "../mapping/tableMappings";
import { cdcInput, checkEndpoints, migrationType } from "../resources/taskInput";
import { taskView } from "../resources/taskView";
import type { StoredTask } from "../store";
import { mergeTaskSettings } from "../taskSettings";
import { alreadyExists, invalidState } from "../wire/fault";
import { arn, identifier, operation, tags } from "../wire/operation";
import { wireNow } from "../wire/shapes";

export const createReplicationTask = operation(
  z.object({
    ...cdcInput,
    ReplicationTaskIdentifier: identifier(),
    SourceEndpointArn: arn,
    TargetEndpointArn: arn,
    ReplicationInstanceArn: arn,
    MigrationType: migrationType,
    TableMappings: z.string(),
    ReplicationTaskSettings: z.string().optional(),
    ResourceIdentifier: identifier(31).optional(),
    Tags: tags,
  }),
  (request, service) => {
    const { tasks } = service.store.state;
    const id = request.ReplicationTaskIdentifier;
    if (Object.values(tasks).some((task) => task.ReplicationTaskIdentifier === id)) {
      throw alreadyExists("Replication task", id);
    }
    const instance = service.instance(request.ReplicationInstanceArn);
    if (instance.ReplicationInstanceStatus !== "available") {
      throw invalidState(
        `Replication Instance ${instance.ReplicationInstanceIdentifier} is ${instance.ReplicationInstanceStatus}, not available`,
      );
    }
    checkEndpoints(service, request.SourceEndpointArn, request.TargetEndpointArn);
    parseTableMappings(request.TableMappings);
    const taskArn = service.arn("task", request.ResourceIdentifier ?? newResourceId());
    const task: StoredTask = {
      ReplicationTaskArn: taskArn,
      ReplicationTaskIdentifier: id,
      SourceEndpointArn: request.SourceEndpointArn,
      TargetEndpointArn: request.TargetEndpointArn,
      ReplicationInstanceArn: request.ReplicationInstanceArn,
      MigrationType: request.MigrationType,
      TableMappings: request.TableMappings,
      ReplicationTaskSettings: mergeTaskSettings(undefined, request.ReplicationTaskSettings),
      Status: "creating",
      ReplicationTaskCreationDate: wireNow(),
    };
    tasks[taskArn] = task;
    service.setTags(taskArn, request.Tags);
    service.store.save();
    service.later(() => {
      task.Status = "ready";
      service.store.save();
    });
    return { ReplicationTask: taskView(service, task) };
  },
);
