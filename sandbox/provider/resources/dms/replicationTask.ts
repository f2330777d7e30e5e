import {
  CreateReplicationTaskCommand,
  DeleteReplicationTaskCommand,
  type MigrationTypeValue,
  ModifyReplicationTaskCommand,
  MoveReplicationTaskCommand,
} from "@aws-sdk/client-database-migration-service";
import { readDmsTags, writeDmsTags } from "../../dmsTags";
import { givenSettings, listTasks, startTask, stopTask, waitForStatus } from "../../dmsTasks";
import { canonicalJson, type Properties } from "../../properties";
import type { ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import { tagList } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";

const MODIFIABLE = [
  "cdcStartPosition",
  "cdcStartTime",
  "migrationType",
  "replicationTaskSettings",
  "tableMappings",
];

/**
 * aws.dms.ReplicationTask on the sandbox's DMS. Its id is its own. As the real provider, it trusts the state for
 * whether the task runs: one that was started behind its back is refused by DMS, until a refresh.
 */
export const replicationTask: ResourceType = {
  replaceOn: ["replicationTaskId", "resourceIdentifier", "sourceEndpointArn", "targetEndpointArn"],
  documents: ["replicationTaskSettings", "tableMappings"],
  check: checkTask,
  changes: () => ["status"],

  async create(inputs, context) {
    const id = String(inputs.replicationTaskId);
    await context.clients.dms.send(
      new CreateReplicationTaskCommand({
        ...modifiable(inputs),
        ReplicationTaskIdentifier: id,
        MigrationType: inputs.migrationType as MigrationTypeValue,
        TableMappings: String(inputs.tableMappings),
        ReplicationInstanceArn: String(inputs.replicationInstanceArn),
        SourceEndpointArn: String(inputs.sourceEndpointArn),
        TargetEndpointArn: String(inputs.targetEndpointArn),
        ResourceIdentifier: inputs.resourceIdentifier as string | undefined,
        Tags: tagList(inputs.tags),
      }),
    );
    context.made(id);
    const task = await waitForStatus({ ReplicationTaskIdentifier: id }, ["ready"], ["failed"], context);
    if (inputs.startReplicationTask === true) {
      await startTask(task, context);
    }
    return id;
  },

  async read(id, context, known) {
    const [found] = await listTasks(context, id);
    if (found === undefined || found.Status === "deleting") {
      return undefined;
    }
    const arn = found.ReplicationTaskArn ?? "";
    return {
      inputs: {
        replicationTaskId: found.ReplicationTaskIdentifier,
        migrationType: found.MigrationType,
        replicationInstanceArn: found.ReplicationInstanceArn,
        sourceEndpointArn: found.SourceEndpointArn,
        targetEndpointArn: found.TargetEndpointArn,
        tableMappings: found.TableMappings,
        replicationTaskSettings: givenSettings(known.replicationTaskSettings, found.ReplicationTaskSettings),
        cdcStartPosition: found.CdcStartPosition ?? "",
        tags: await readDmsTags(arn, context),
      },
      outputs: { replicationTaskArn: arn, status: found.Status },
    };
  },

  async update(id, inputs, old, context) {
    const { dms } = context.clients;
    const [found] = await listTasks(context, id);
    if (found === undefined) {
      throw new Error(`the replication task ${id} does not exist`);
    }
    const { ReplicationTaskArn } = found;
    const modified = MODIFIABLE.some((name) => canonicalJson(inputs[name]) !== canonicalJson(old[name]));
    const moved = inputs.replicationInstanceArn !== old.replicationInstanceArn;
    if ((modified || moved) && old.status === "running") {
      await stopTask(found, context);
    }
    if (modified) {
      await dms.send(new ModifyReplicationTaskCommand({ ...modifiable(inputs), ReplicationTaskArn }));
      await waitForStatus(found, ["ready", "stopped", "failed"], [], context);
    }
    if (moved) {
      await dms.send(
        new MoveReplicationTaskCommand({
          ReplicationTaskArn,
          TargetReplicationInstanceArn: String(inputs.replicationInstanceArn),
        }),
      );
      await waitForStatus(found, ["ready", "stopped", "failed"], [], context);
    }
    await writeDmsTags(ReplicationTaskArn ?? "", old, inputs, context);
    await startOrStop(id, { modified: modified || moved, inputs, old }, context);
  },

  async delete(id, state, context) {
    const [found] = await listTasks(context, id);
    if (found === undefined) {
      return;
    }
    if (state.status === "running") {
      await unlessError(stopTask(found, context), "InvalidResourceStateFault");
    }
    await unlessError(
      context.clients.dms.send(
        new DeleteReplicationTaskCommand({ ReplicationTaskArn: found.ReplicationTaskArn }),
      ),
      "ResourceNotFoundFault",
    );
    await waitFor(context, `replication task ${id} to be gone`, async () =>
      (await listTasks(context, id)).length === 0 ? true : undefined,
    );
  },
};

function checkTask({ replicationTaskSettings, tableMappings }: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, text] of Object.entries({ replicationTaskSettings, tableMappings })) {
    if (text !== undefined && !isJson(String(text))) {
      failures.push({ property, reason: "it is not JSON" });
    }
  }
  // Read-only members, which DMS refuses even as null (CHAP_Tasks.CustomizingTasks.TaskSettings).
  if (
    typeof replicationTaskSettings === "string" &&
    /"CloudWatchLog(Group|Stream)"/.test(replicationTaskSettings)
  ) {
    failures.push({
      property: "replicationTaskSettings",
      reason: "CloudWatchLogGroup and CloudWatchLogStream are read-only; leave them out",
    });
  }
  return failures;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function modifiable(inputs: Properties) {
  return {
    MigrationType: inputs.migrationType as MigrationTypeValue | undefined,
    TableMappings: inputs.tableMappings as string | undefined,
    ReplicationTaskSettings: inputs.replicationTaskSettings as string | undefined,
    CdcStartPosition: inputs.cdcStartPosition as string | undefined,
    ...(typeof inputs.cdcStartTime === "string" && { CdcStartTime: startTime(inputs.cdcStartTime) }),
  };
}

/** RFC 3339, or seconds since 1970. */
function startTime(text: string): Date {
  return /^\d+$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
}

async function startOrStop(
  id: string,
  { modified, inputs, old }: { modified: boolean; inputs: Properties; old: Properties },
  context: Parameters<ResourceType["update"]>[3],
): Promise<void> {
  const wanted = inputs.startReplicationTask === true;
  const asked = wanted !== (old.startReplicationTask === true);
  const [task] = await listTasks(context, id);
  if (task !== undefined && wanted && (modified || asked) && task.Status !== "running") {
    await startTask(task, context);
  }
  if (task !== undefined && !wanted && asked && task.Status === "running") {
    await stopTask(task, context);
  }
}
