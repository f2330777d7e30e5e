import type { StreamRecord } from "../dynamoDbStream";
import { WRITTEN_AT } from "./heartbeatSql";

/** The metric of how long a heartbeat took from its writing in the source to the change stream, in milliseconds. */
export const COMMIT_TO_EVENT_LATENCY = "CommitToEventLatency";

/**
 * When the source wrote the row of a heartbeat, in milliseconds since 1970 by its own clock; undefined of a record that
 * is no writing of it: a deletion, a row of a load, or one that lacks the column.
 */
export function writtenAtOf({ eventName, dynamodb }: StreamRecord): number | undefined {
  if (eventName !== "INSERT" && eventName !== "MODIFY") return undefined;
  const { N, S } = dynamodb?.NewImage?.[WRITTEN_AT] ?? {};
  const value = Number(N ?? S ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
