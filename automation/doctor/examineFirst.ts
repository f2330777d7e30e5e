import { RowstreamError } from "../errors";
import type { OnEvent } from "../events";
import { configuredConnection } from "../source/configuredSource";
import { describeConnection } from "../source/sourceConnection";
import type { PipelineStack } from "../workspace";
import { examinerOf } from "./engines";
import { bySeverity, countOf, type Finding } from "./finding";
import { configuredPlan } from "./plan";

/** Whose source is examined, and who listens. */
export interface ExamineFirstOptions {
  stack: Pick<PipelineStack, "name" | "configuration">;
  onEvent: OnEvent;
  signal?: AbortSignal | undefined;
}

/**
 * Examines the source that a stack's configuration names, before the stack's first update: what stands in the way is
 * told before anything is made. A look at catalogues and statistics alone, so that it takes no time. A source that
 * cannot be reached from here is reported and no obstacle: DMS tests its own connection.
 *
 * @throws RowstreamError `SourceNotReady` where there are errors
 */
export async function examineFirst({ stack, onEvent, signal }: ExamineFirstOptions): Promise<void> {
  const configuration = await stack.configuration();
  let findings: Finding[];
  try {
    const connection = await configuredConnection(configuration);
    onEvent({ code: "SourceExamining", source: describeConnection(connection) });
    const examine = await examinerOf(connection.engine);
    const plan = configuredPlan(connection.engine, stack.name, configuration);
    const found = await examine(connection, plan, { sampleSeconds: 0, measureRows: false, signal });
    findings = bySeverity(found.findings);
  } catch (error) {
    if (!RowstreamError.is(error) || error.code !== "SourceNotReadable") {
      throw error;
    }
    onEvent({ code: "SourceNotExamined", reason: error.message });
    return;
  }
  onEvent({ code: "SourceExamined", findings });
  const errors = countOf(findings, "error");
  if (errors > 0) {
    throw new RowstreamError(
      "SourceNotReady",
      "user",
      `the source is not ready: the doctor found ${errors === 1 ? "1 error" : `${errors} errors`}; nothing was made`,
      { remedy: "mend what is named above (`rowstream doctor` shows it again), or go on with --skip-doctor" },
    );
  }
}
