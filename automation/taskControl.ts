import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  type DatabaseMigrationServiceClient,
  DescribeConnectionsCommand,
  DescribeReplicationTasksCommand,
  paginateDescribeTableStatistics,
  ReloadTablesCommand,
  type ReplicationTask,
  ResourceNotFoundFault,
  StartReplicationTaskCommand,
  type StartReplicationTaskTypeValue,
  StopReplicationTaskCommand,
  TestConnectionCommand,
} from "@aws-sdk/client-database-migration-service";
import { type ReplicationControl, replicationState } from "./replicationControl";
import { errorLines, reasonFinder } from "./replicationLog";
import { readTableStatistics, STATISTICS_PAGE } from "./tableStatistics";

/** The ARNs of a replication that runs on a replication instance. */
export interface TaskArns {
  task: string;
  instance: string;
  source: string;
  target: string;
}

/** Controls a replication task on a replication instance. */
export function taskControl(
  dms: DatabaseMigrationServiceClient,
  logs: CloudWatchLogsClient,
  arns: TaskArns,
  logGroupName: string,
): ReplicationControl {
  async function describe(): Promise<ReplicationTask | undefined> {
    try {
      const { ReplicationTasks } = await dms.send(
        new DescribeReplicationTasksCommand({
          Filters: [{ Name: "replication-task-arn", Values: [arns.task] }],
          WithoutSettings: true,
        }),
      );
      return ReplicationTasks?.[0];
    } catch (error) {
      if (error instanceof ResourceNotFoundFault) {
        return undefined;
      }
      throw error;
    }
  }

  async function start(type: StartReplicationTaskTypeValue): Promise<void> {
    await dms.send(
      new StartReplicationTaskCommand({ ReplicationTaskArn: arns.task, StartReplicationTaskType: type }),
    );
  }

  // DMS names a task's log stream by the last part of its ARN (AWS DMS user guide, CHAP_Monitoring).
  const logStreamNamePrefix = `dms-task-${arns.task.slice(arns.task.lastIndexOf(":") + 1)}`;
  const lines = (since: Date | undefined) => errorLines(logs, { logGroupName, logStreamNamePrefix, since });

  return {
    testableEndpoints: ["source", "target"],
    async state() {
      const task = await describe();
      return (
        task &&
        replicationState({
          identifier: task.ReplicationTaskIdentifier,
          status: task.Status,
          stopReason: task.StopReason,
          failures: task.LastFailureMessage ? [task.LastFailureMessage] : [],
          percent: task.ReplicationTaskStats?.FullLoadProgressPercent,
          fullLoadFinishedAt: task.ReplicationTaskStats?.FullLoadFinishDate,
        })
      );
    },
    async startConnectionTest(endpoint) {
      await dms.send(
        new TestConnectionCommand({ ReplicationInstanceArn: arns.instance, EndpointArn: arns[endpoint] }),
      );
    },
    async connectionTest(endpoint) {
      const { Connections } = await dms.send(
        new DescribeConnectionsCommand({
          Filters: [
            { Name: "endpoint-arn", Values: [arns[endpoint]] },
            { Name: "replication-instance-arn", Values: [arns.instance] },
          ],
        }),
      );
      const connection = Connections?.[0];
      switch (connection?.Status) {
        case "successful":
          return { endpoint, passed: true };
        case "failed":
          return { endpoint, passed: false, message: connection.LastFailureMessage ?? "DMS gave no reason" };
        default:
          return undefined;
      }
    },
    startFullLoad: () => start("start-replication"),
    resume: () => start("resume-processing"),
    async stop() {
      await dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn: arns.task }));
    },
    async reload(schema, table) {
      await dms.send(
        new ReloadTablesCommand({
          ReplicationTaskArn: arns.task,
          TablesToReload: [{ SchemaName: schema, TableName: table }],
          ReloadOption: "data-reload",
        }),
      );
    },
    tableStatistics() {
      const pages = paginateDescribeTableStatistics(
        { client: dms, pageSize: STATISTICS_PAGE },
        { ReplicationTaskArn: arns.task },
      );
      return readTableStatistics(pages, (page) => page.TableStatistics);
    },
    async tableErrors() {
      const task = await describe();
      return reasonFinder(await lines(task?.ReplicationTaskStats?.FreshStartDate));
    },
    async lastErrors() {
      const task = await describe();
      return (await lines(task?.ReplicationTaskStats?.StartDate)).slice(-5);
    },
  };
}
