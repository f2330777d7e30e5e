/**
 * A table that this replication's DMS has made, as CloudTrail tells EventBridge of it (DynamoDB developer guide,
 * "Logging DynamoDB operations by using AWS CloudTrail"; EventBridge user guide, "AWS service events delivered via AWS
 * CloudTrail"). It takes a trail that logs management events: the account's event history alone sends nothing.
 *
 * DMS names a table as the source does, so no prefix tells its tables from others'; the role that made it does. DMS's
 * own control tables are no news.
 *
 * @param targetRoleArn the role in which DMS makes the tables
 */
export function newTablePattern(targetRoleArn: string): string {
  return JSON.stringify({
    source: ["aws.dynamodb"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      eventSource: ["dynamodb.amazonaws.com"],
      eventName: ["CreateTable"],
      errorCode: [{ exists: false }],
      userIdentity: { sessionContext: { sessionIssuer: { arn: [targetRoleArn] } } },
      requestParameters: { tableName: [{ "anything-but": { prefix: "awsdms_" } }] },
    },
  });
}

/**
 * A replication task that has started or goes on (AWS DMS user guide, "Working with Amazon EventBridge events"): from
 * then on it may make tables. A task that stops is left alone: it may be a run of somebody else's that stopped it, to
 * take in tables, and will resume it. One that fails is reported by an alarm, and no run would restart it.
 *
 * @param taskArn the task; what DMS Serverless calls its events is not documented
 */
export function startedTaskPattern(taskArn: string): string {
  return JSON.stringify({
    source: ["aws.dms"],
    "detail-type": ["DMS Replication Task State Change"],
    resources: [taskArn],
    detail: { eventType: ["REPLICATION_TASK_STARTED"] },
  });
}
