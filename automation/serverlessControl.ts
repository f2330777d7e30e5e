import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  type DatabaseMigrationServiceClient,
  DescribeReplicationsCommand,
  paginateDescribeReplicationTableStatistics,
  ReloadReplicationTablesCommand,
  type Replication,
  ResourceNotFoundFault,
  StartReplicationCommand,
  StopReplicationCommand,
} from "@aws-sdk/client-database-migration-service";
import { type ReplicationControl, replicationState } from "./replicationControl";
import { errorLines, reasonFinder } from "./replicationLog";
import { readTableStatistics, STATISTICS_PAGE } from "./tableStatistics";

/** Controls a DMS serverless replication. */
export function serverlessControl(
  dms: DatabaseMigrationServiceClient,
  logs: CloudWatchLogsClient,
  configArn: string,
  logGroupName: string,
): ReplicationControl {
  async function describe(): Promise<Replication | undefined> {
    try {
      const { Replications } = await dms.send(
        new DescribeReplicationsCommand({
          Filters: [{ Name: "replication-config-arn", Values: [configArn] }],
        }),
      );
      return Replications?.[0];
    } catch (error) {
      if (error instanceof ResourceNotFoundFault) {
        return undefined;
      }
      throw error;
    }
  }

  async function start(type: "start-replication" | "resume-processing"): Promise<void> {
    await dms.send(
      new StartReplicationCommand({ ReplicationConfigArn: configArn, StartReplicationType: type }),
    );
  }

  const lines = (since: Date | undefined) => errorLines(logs, { logGroupName, since });

  return {
    testableEndpoints: [],
    async state() {
      const replication = await describe();
      return (
        replication &&
        replicationState({
          identifier: replication.ReplicationConfigIdentifier,
          status: replication.Status,
          stopReason: replication.StopReason,
          failures: replication.FailureMessages ?? [],
          percent: replication.ReplicationStats?.FullLoadProgressPercent,
          fullLoadFinishedAt: replication.ReplicationStats?.FullLoadFinishDate,
        })
      );
    },
    async startConnectionTest() {},
    async connectionTest(endpoint) {
      return { endpoint, passed: true };
    },
    startFullLoad: () => start("start-replication"),
    resume: () => start("resume-processing"),
    async stop() {
      await dms.send(new StopReplicationCommand({ ReplicationConfigArn: configArn }));
    },
    async reload(schema, table) {
      await dms.send(
        new ReloadReplicationTablesCommand({
          ReplicationConfigArn: configArn,
          TablesToReload: [{ SchemaName: schema, TableName: table }],
          ReloadOption: "data-reload",
        }),
      );
    },
    tableStatistics() {
      const pages = paginateDescribeReplicationTableStatistics(
        { client: dms, pageSize: STATISTICS_PAGE },
        { ReplicationConfigArn: configArn },
      );
      return readTableStatistics(pages, (page) => page.ReplicationTableStatistics);
    },
    async tableErrors() {
      const replication = await describe();
      return reasonFinder(await lines(replication?.ReplicationStats?.FreshStartDate));
    },
    async lastErrors() {
      const replication = await describe();
      return (await lines(replication?.ReplicationStats?.StartDate)).slice(-5);
    },
  };
}
