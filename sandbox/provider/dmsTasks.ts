import { isDeepStrictEqual } from "node:util";
import {
  DescribeReplicationTasksCommand,
  type ReplicationTask,
  StartReplicationTaskCommand,
  StopReplicationTaskCommand,
} from "@aws-sdk/client-database-migration-service";
import { isObject } from "./properties";
import type { Context } from "./resourceType";
import { unlessError, waitFor } from "./waitFor";

/** Every task, or the one with an id. */
export async function listTasks({ clients }: Context, id?: string): Promise<ReplicationTask[]> {
  const Filters = id === undefined ? undefined : [{ Name: "replication-task-id", Values: [id] }];
  const tasks: ReplicationTask[] = [];
  for (let Marker: string | undefined; ; ) {
    const page = await unlessError(
      clients.dms.send(new DescribeReplicationTasksCommand({ Filters, Marker })),
      "ResourceNotFoundFault",
    );
    tasks.push(...(page?.ReplicationTasks ?? []));
    Marker = page?.Marker;
    if (!Marker) {
      return tasks;
    }
  }
}

/** Starts a task and waits until it runs. As the real provider, a task that ends before it was seen running is a fault. */
export async function startTask(task: ReplicationTask, context: Context): Promise<void> {
  await context.clients.dms.send(
    new StartReplicationTaskCommand({
      ReplicationTaskArn: task.ReplicationTaskArn,
      StartReplicationTaskType: task.Status === "ready" ? "start-replication" : "resume-processing",
    }),
  );
  await waitForStatus(task, ["running"], ["stopped", "failed"], context);
}

/** Stops a task and waits until it is stopped. */
export async function stopTask(task: ReplicationTask, context: Context): Promise<void> {
  await context.clients.dms.send(
    new StopReplicationTaskCommand({ ReplicationTaskArn: task.ReplicationTaskArn }),
  );
  await waitForStatus(task, ["stopped"], ["failed"], context);
}

/** Waits for one of the wanted states. @throws Error where it comes to one of the refused ones instead */
export function waitForStatus(
  { ReplicationTaskIdentifier: id }: ReplicationTask,
  wanted: readonly string[],
  refused: readonly string[],
  context: Context,
): Promise<ReplicationTask> {
  return waitFor(context, `replication task ${id} to be ${wanted.join(" or ")}`, async () => {
    const [task] = await listTasks(context, id);
    const status = task?.Status ?? "deleted";
    if (refused.includes(status)) {
      const reason = task?.LastFailureMessage ?? task?.StopReason ?? "no reason given";
      throw new Error(`unexpected state '${status}', wanted target '${wanted.join(", ")}': ${reason}`);
    }
    return task && wanted.includes(status) ? task : undefined;
  });
}

/**
 * DMS completes a task's settings with every default it has: what was given is unchanged where all of it is found in
 * what DMS has, and then stands for it.
 */
export function givenSettings(known: unknown, actual: string | undefined): unknown {
  if (typeof known !== "string" || actual === undefined) {
    return actual ?? known;
  }
  try {
    return contains(JSON.parse(actual), JSON.parse(known)) ? known : actual;
  } catch {
    return actual;
  }
}

function contains(whole: unknown, part: unknown): boolean {
  return isObject(whole) && isObject(part)
    ? Object.entries(part).every(([name, value]) => contains(whole[name], value))
    : isDeepStrictEqual(whole, part);
}
