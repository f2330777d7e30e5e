import type { InvocationResult } from "../runtime/executionEnvironment";

/** What an invocation means for its batch. `from` is the index of the first record that is not done. */
export type Verdict = { kind: "success" } | { kind: "partial"; from: number } | { kind: "failure" };

const SUCCESS: Verdict = { kind: "success" };
const FAILURE: Verdict = { kind: "failure" };

/**
 * Judges a function's answer as Lambda does for a mapping with ReportBatchItemFailures (AWS Lambda developer
 * guide, "Configuring partial batch response with DynamoDB and Lambda").
 *
 * - done: an empty or null answer, an empty or null list;
 * - failed altogether: an error, an answer that is no such object, an identifier that is empty, null, missing or
 *   of no record in the batch;
 * - else the record with the lowest sequence number named, and every record behind it, is to be delivered again.
 *
 * @param sequenceNumbers the batch, in order
 * @param reportsFailures whether the mapping has ReportBatchItemFailures; without it only errors count
 */
export function judge(
  result: Pick<InvocationResult, "functionError" | "payload">,
  sequenceNumbers: readonly string[],
  reportsFailures: boolean,
): Verdict {
  if (result.functionError !== undefined) {
    return FAILURE;
  }
  if (!reportsFailures || result.payload === "") {
    return SUCCESS;
  }
  let answer: unknown;
  try {
    answer = JSON.parse(result.payload);
  } catch {
    return FAILURE;
  }
  if (answer === null || answer === "") {
    return SUCCESS;
  }
  if (typeof answer !== "object" || Array.isArray(answer)) {
    return FAILURE;
  }
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) {
    return SUCCESS;
  }
  return Array.isArray(failures) ? lowest(failures, sequenceNumbers) : FAILURE;
}

function lowest(failures: unknown[], sequenceNumbers: readonly string[]): Verdict {
  if (failures.length === 0) {
    return SUCCESS;
  }
  let from = sequenceNumbers.length;
  for (const failure of failures) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    const index = typeof identifier === "string" ? sequenceNumbers.indexOf(identifier) : -1;
    if (index === -1) {
      return FAILURE;
    }
    // The batch is in the order of its sequence numbers, so the lowest is the one that stands first.
    from = Math.min(from, index);
  }
  return { kind: "partial", from };
}
