import { type NeedsOf, type Service, text } from "./call";

/** Operations on one thing, by the member that holds its ARN. */
const ON_ONE: Record<string, string | undefined> = {
  DescribeReplicationTableStatistics: "ReplicationConfigArn",
  DescribeTableStatistics: "ReplicationTaskArn",
};

/** Operations that AWS lets nobody narrow. */
const ON_ALL = new Set(["DescribeReplicationTasks", "DescribeReplications"]);

const needs: NeedsOf = ({ operation, input }) => {
  const member = ON_ONE[operation];
  if (member !== undefined) return [{ action: `dms:${operation}`, resource: text(input, member) }];
  return ON_ALL.has(operation) ? [{ action: `dms:${operation}`, resource: "*" }] : undefined;
};

/** AWS DMS, as a role uses it: it looks. */
export const dms: Service = { needs, protocol: "json", standIn: "dms" };
