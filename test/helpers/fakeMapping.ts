import type { BatchResponse, StreamRecord } from "../../functions/dynamoDbStream";

export interface FakeMappingOptions {
  /** The function; rejects when an invocation ends without an answer. */
  invoke: (batch: readonly StreamRecord[], invocation: number) => Promise<BatchResponse>;
  /** How many records the next batch has: a mapping does not cut its batches the same way again. */
  batchSize: () => number;
}

/**
 * Delivers a shard's records as an event source mapping with ReportBatchItemFailures does (AWS Lambda developer
 * guide, services-ddb-batchfailurereporting): in order, and from the lowest sequence number reported again, or the
 * whole batch where there is no usable answer.
 *
 * @returns the number of invocations that it took
 */
export async function deliver(
  records: readonly StreamRecord[],
  { invoke, batchSize }: FakeMappingOptions,
): Promise<number> {
  let invocations = 0;
  for (let next = 0; next < records.length; ) {
    const batch = records.slice(next, next + batchSize());
    invocations += 1;
    const response = await invoke(batch, invocations).catch(() => undefined);
    next += response === undefined ? 0 : handled(batch, response);
  }
  return invocations;
}

/** How many of the batch's records need not be delivered again. */
function handled(batch: readonly StreamRecord[], { batchItemFailures }: BatchResponse): number {
  const positions = batchItemFailures.map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
  );
  return positions.includes(-1) ? 0 : Math.min(batch.length, ...positions);
}
