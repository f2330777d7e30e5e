/**
 * What Lambda passes to a function that an event source mapping feeds from a DynamoDB stream, and what it takes
 * back; only the members that the fan-in reads (AWS Lambda developer guide, with-ddb and
 * services-ddb-batchfailurereporting).
 */
export interface DynamoDBStreamEvent {
  Records: StreamRecord[];
}

/** A value in DynamoDB's JSON: exactly one member is set and names the type. Binary values are base64 text. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly M?: AttributeMap;
  readonly L?: readonly AttributeValue[];
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
}

/** An item, an item's key or a map inside an item: attribute values by name. */
export interface AttributeMap {
  readonly [name: string]: AttributeValue;
}

/**
 * One record of a DynamoDB stream. Every member is optional, because nothing that arrives over the wire may stop
 * the fan-in: a record that lacks something is set aside with the reason.
 */
export interface StreamRecord {
  /** Unique to the record, the same each time it is delivered. */
  eventID?: string;
  eventName?: string;
  /** `arn:<partition>:dynamodb:<region>:<account>:table/<table>/stream/<label>`. */
  eventSourceARN?: string;
  dynamodb?: {
    /** Seconds since 1970, rounded down to the second by DynamoDB. */
    ApproximateCreationDateTime?: number;
    Keys?: AttributeMap;
    OldImage?: AttributeMap;
    NewImage?: AttributeMap;
    /** Decimal digits; orders the records of one item. */
    SequenceNumber?: string;
    StreamViewType?: string;
  };
}

/** The part of Lambda's context that the fan-in uses. */
export interface InvocationContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number;
}

/**
 * The answer under `ReportBatchItemFailures`. The mapping delivers everything from the lowest sequence number in
 * it again, whatever was published of it; an empty list is success, an empty identifier fails the whole batch.
 */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}
