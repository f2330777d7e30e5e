import { z } from "zod";
import { parseTableMappings } from "../mapping/tableMappings";
import { cdcInput, migrationType } from "../resources/taskInput";
import { taskView } from "../resources/taskView";
import { mergeTaskSettings } from "../taskSettings";
import { alreadyExists, invalidState } from "../wire/fault";
import { arn, identifier, operation } from "../wire/operation";

export const modifyReplicationTask = operation(
  z.object({
    ...cdcInput,
    ReplicationTaskArn: arn,
    ReplicationTaskIdentifier: identifier().optional(),
    MigrationType: migrationType.optional(),
    TableMappings: z.string().optional(),
    ReplicationTaskSettings: z.string().optional(),
  }),
  (request, service) => {
    const task = service.task(request.ReplicationTaskArn);
    const before = task.Status;
    if (!["ready", "stopped", "failed"].includes(before)) {
      throw invalidState(
        `Replication task ${task.ReplicationTaskIdentifier} is ${before}: it must be stopped before it can be modified`,
      );
    }
    const id = request.ReplicationTaskIdentifier;
    const others = Object.values(service.store.state.tasks).filter((other) => other !== task);
    if (id !== undefined && others.some((other) => other.ReplicationTaskIdentifier === id)) {
      throw alreadyExists("Replication task", id);
    }
    if (request.TableMappings !== undefined) {
      parseTableMappings(request.TableMappings);
    }
    const settings = mergeTaskSettings(task.ReplicationTaskSettings, request.ReplicationTaskSettings);
    task.ReplicationTaskIdentifier = id ?? task.ReplicationTaskIdentifier;
    task.MigrationType = request.MigrationType ?? task.MigrationType;
    task.TableMappings = request.TableMappings ?? task.TableMappings;
    task.ReplicationTaskSettings = settings;
    task.Status = "modifying";
    service.store.save();
    service.later(() => {
      task.Status = before;
      service.store.save();
    });
    return { ReplicationTask: taskView(service, task) };
  },
);
