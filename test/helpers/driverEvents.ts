/** The parts of EventBridge's envelope that every event has. */
const ENVELOPE = {
  version: "0",
  id: "11a11b11-222b-333a-44d4-01234a5b67890",
  account: "123456789012",
  time: "2026-11-23T14:15:04Z",
  region: "eu-central-1",
};

/** The role in which the pipeline's DMS makes tables. */
export const TARGET_ROLE = "arn:aws:iam::123456789012:role/rowstream-target-1a2b3c4";
/** The pipeline's task. */
export const TASK = "arn:aws:dms:eu-central-1:123456789012:task:AAAABBBB0CCCCDDDDEEEEE1FFFF2GGG3FFFFFF3";

/**
 * What EventBridge hears of a table that DMS makes: CloudTrail's record of the call, as DynamoDB's developer guide shows
 * it ("Understanding DynamoDB log file entries"), in the envelope of EventBridge's ("AWS service events delivered via AWS
 * CloudTrail").
 */
export function tableMade({
  role = TARGET_ROLE,
  tableName = "orders",
  eventName = "CreateTable",
  error,
}: {
  role?: string;
  tableName?: string;
  eventName?: string;
  error?: string;
} = {}): object {
  const roleName = role.slice(role.indexOf("/") + 1);
  return {
    ...ENVELOPE,
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.dynamodb",
    resources: [],
    detail: {
      eventVersion: "1.08",
      userIdentity: {
        type: "AssumedRole",
        principalId: "AROAEXAMPLE:dms-session",
        arn: `arn:aws:sts::123456789012:assumed-role/${roleName}/dms-session`,
        accountId: "123456789012",
        sessionContext: {
          sessionIssuer: {
            type: "Role",
            principalId: "AROAEXAMPLE",
            arn: role,
            accountId: "123456789012",
            userName: roleName,
          },
          attributes: { creationDate: "2026-11-23T14:00:00Z", mfaAuthenticated: "false" },
        },
      },
      eventTime: "2026-11-23T14:15:04Z",
      eventSource: "dynamodb.amazonaws.com",
      eventName,
      awsRegion: "eu-central-1",
      sourceIPAddress: "dms.amazonaws.com",
      userAgent: "dms.amazonaws.com",
      requestParameters: {
        tableName,
        keySchema: [{ attributeName: "order_id", keyType: "HASH" }],
        attributeDefinitions: [{ attributeName: "order_id", attributeType: "N" }],
        provisionedThroughput: { readCapacityUnits: 200, writeCapacityUnits: 200 },
      },
      responseElements: null,
      ...(error !== undefined && { errorCode: error, errorMessage: "Table already exists" }),
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      eventCategory: "Management",
    },
  };
}

/** What EventBridge hears of a task of DMS, as DMS's user guide shows it (CHAP_EventBridge). */
export function taskEvent(eventType: string, task = TASK): object {
  return {
    ...ENVELOPE,
    "detail-type": "DMS Replication Task State Change",
    source: "aws.dms",
    resources: [task],
    detail: {
      type: "ReplicationTask",
      category: "StateChange",
      eventType,
      eventName: "DMS-EVENT-0069",
      resourceLink: "https://console.aws.amazon.com/dms/v2/home?region=eu-central-1#taskDetails/rowstream",
      detailMessage: "Replication task started, with flag = resume processing",
    },
  };
}
