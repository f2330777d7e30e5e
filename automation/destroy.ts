import type { PipelineOutputs } from "../program";
import { controlFor } from "./clients";
import type { Changes, OnEvent } from "./events";
import { poll } from "./poll";
import type { ReplicationControl } from "./replicationControl";
import { type Pace, SETTLE_TIMEOUT_MS, type StepContext, stopReplication } from "./replicationSteps";
import { settledSnapshot } from "./settledSnapshot";
import { openStack, type PipelineStack, type WorkspaceOptions } from "./workspace";

/** What a destruction came to. */
export interface DestroyResult {
  changes: Changes;
  /** The DynamoDB tables of the pipeline. */
  tables: string[];
  /** Whether they were left in place, with their data and their bill, or deleted. */
  tablesOnDestroy: "retain" | "delete";
}

/** What a destruction works with; tests put their own in. */
export interface DestroyParts {
  stack: Pick<PipelineStack, "snapshot" | "destroy" | "settlePendingCreates">;
  control(outputs: PipelineOutputs): ReplicationControl;
  onEvent: OnEvent;
  signal?: AbortSignal | undefined;
  pace?: Pace | undefined;
}

/**
 * Stops the replication, then takes the pipeline down; the stack itself stays, empty. Works on one that is half
 * gone already.
 *
 * @throws RowstreamError
 */
export async function destroy(options: WorkspaceOptions): Promise<DestroyResult> {
  const stack = await openStack(options);
  return runDestroy({ stack, control: controlFor, onEvent: options.onEvent, signal: options.signal });
}

/** The order of a destruction. */
export async function runDestroy(parts: DestroyParts): Promise<DestroyResult> {
  const { stack, onEvent } = parts;
  const startedAt = Date.now();
  const { outputs, tables } = await settledSnapshot(stack);
  const tableNames = tables.map((table) => table.tableName);
  const tablesOnDestroy = outputs?.tablesOnDestroy ?? "retain";
  onEvent({ code: "DestroyStarted", tables: tableNames, tablesOnDestroy });
  if (outputs) {
    // The provider deletes a task without stopping it when the state says "ready", and DMS refuses that.
    await stopIfAny({ control: parts.control(outputs), onEvent, signal: parts.signal, pace: parts.pace });
  }
  const { changes } = await stack.destroy();
  onEvent({ code: "DestroyFinished", changes, seconds: (Date.now() - startedAt) / 1000 });
  return { changes, tables: tableNames, tablesOnDestroy };
}

async function stopIfAny(context: StepContext): Promise<void> {
  const phase = await poll(
    async () => {
      const state = await context.control.state();
      return state?.phase === "changing" ? undefined : (state?.phase ?? "gone");
    },
    {
      what: "waiting for the replication to settle",
      timeoutMs: SETTLE_TIMEOUT_MS,
      signal: context.signal,
      ...context.pace,
    },
  );
  if (phase === "running" || phase === "loading") {
    await stopReplication(context, "to take the pipeline down");
  }
}
