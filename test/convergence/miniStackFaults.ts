/** What the proxy in front of MiniStack does to the requests that pass: plain data, sent to it as JSON. */
export interface MiniStackFaults {
  /** Every request waits up to so many milliseconds. */
  slowMs: number;
  /** How often an entry of PutRecords fails while those around it are put, from 0 (never) to 1. */
  entry: number;
  /** How often PutRecords is refused as a whole, for its throughput. */
  call: number;
  /** How often PutRecords is done and its answer lost. */
  answer: number;
  /** How often PutRecords is cut off, and done a while after. */
  late: number;
  /** PutRecords is done and its answer held back for as long as this is set. */
  hold: boolean;
  /** Kinesis cannot be reached by those who write to it. */
  down: boolean;
  /** How often an operation on items of DynamoDB fails. */
  items: number;
  /** The record that a reader of a DynamoDB stream has read last is older than 24 hours, so it is gone. */
  trimmed: boolean;
}

export type MiniStackFault = keyof MiniStackFaults;

export const NO_FAULTS: MiniStackFaults = {
  slowMs: 0,
  entry: 0,
  call: 0,
  answer: 0,
  late: 0,
  hold: false,
  down: false,
  items: 0,
  trimmed: false,
};

/** How many requests each fault struck so far; for `entry`, entries. */
export type FaultCounts = Record<MiniStackFault, number>;

/** The path on which the proxy takes its faults (PUT) and tells its counts (GET); a bucket cannot be named so. */
export const FAULTS_PATH = "/_faults";
