import { arnOf, type NeedsOf, type Service, text } from "./call";

/** Operations on a log group, whose resource ends in an empty log stream, and those on a log stream. */
const ON_GROUP = new Set(["CreateLogGroup", "DescribeLogStreams"]);
const ON_STREAM = new Set(["CreateLogStream", "PutLogEvents"]);

const needs: NeedsOf = ({ operation, input, region }) => {
  if (operation === "DescribeLogGroups") {
    return [{ action: "logs:DescribeLogGroups", resource: "*" }];
  }
  if (!ON_GROUP.has(operation) && !ON_STREAM.has(operation)) {
    return undefined;
  }
  const stream = ON_STREAM.has(operation) ? text(input, "logStreamName") : "";
  const resource = `log-group:${text(input, "logGroupName")}:log-stream:${stream}`;
  return [{ action: `logs:${operation}`, resource: arnOf("logs", region, resource) }];
};

/** Amazon CloudWatch Logs. */
export const logs: Service = { needs, protocol: "json" };
