/** Everything that is made to go wrong while changes flow; each but leaves nothing behind when it is over. */
export const FAULT_KINDS = [
  "the fan-in is killed while its call is under way",
  "entries of PutRecords fail",
  "PutRecords is throttled",
  "answers of PutRecords are lost",
  "calls of PutRecords land late",
  "Kinesis is down",
  "MiniStack is slow",
  "DynamoDB throttles and fails",
  "the replicator is killed",
  "the Lambda stand-in is killed",
  "batches are delivered again",
  "the record read last is trimmed",
  "the database is restarted",
  "the database crashes",
  "the task is stopped for a while",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
