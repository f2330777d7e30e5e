/**
 * What Lambda passes to a function that an event source mapping feeds from a Kinesis stream; only the members that
 * consumers read (AWS Lambda developer guide, with-kinesis).
 */
export interface KinesisEvent {
  Records: KinesisRecord[];
}

/** One record of a Kinesis stream. */
export interface KinesisRecord {
  kinesis: {
    /** The record's bytes in base64. */
    data: string;
    /** Names the record's row, see `partitionKey`. */
    partitionKey: string;
    /** Decimal digits; names the record in the answer, and orders the records of a shard. */
    sequenceNumber: string;
  };
}
