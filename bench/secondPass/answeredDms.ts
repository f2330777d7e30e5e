import {
  DatabaseMigrationServiceClient,
  type DescribeTableStatisticsMessage,
} from "@aws-sdk/client-database-migration-service";

type Answer = (input: object) => object;

/**
 * A client of DMS whose calls end in this process: a task that loads its tables at once. What a call of DMS takes is
 * thus in no figure, and the pages that it answers in are those of DMS.
 */
export class AnsweredDms {
  /** The tables of the source. */
  tables: readonly string[] = [];
  readonly client = new DatabaseMigrationServiceClient({ region: "us-east-1" });
  private status: "ready" | "running" | "stopped" = "ready";

  constructor() {
    const answers = this.answers();
    this.client.middlewareStack.add(
      (_next, { commandName }) =>
        async ({ input }) => {
          const answer = answers[String(commandName)];
          if (answer === undefined) {
            throw new Error(`the bench's DMS knows no ${commandName}`);
          }
          return { response: {}, output: { $metadata: {}, ...answer(input) } };
        },
      { step: "initialize", priority: "low" },
    );
  }

  private answers(): Record<string, Answer> {
    return {
      DescribeReplicationTasksCommand: () => ({
        ReplicationTasks: [
          {
            ReplicationTaskIdentifier: "bench",
            Status: this.status,
            ...(this.status === "stopped" && { StopReason: "Stop Reason STOPPED_AFTER_CACHED_EVENTS" }),
            ReplicationTaskStats: { FullLoadProgressPercent: this.status === "ready" ? 0 : 100 },
          },
        ],
      }),
      DescribeTableStatisticsCommand: (input) => this.statistics(input as DescribeTableStatisticsMessage),
      TestConnectionCommand: () => ({}),
      DescribeConnectionsCommand: () => ({ Connections: [{ Status: "successful" }] }),
      StartReplicationTaskCommand: (input) => {
        const first =
          (input as { StartReplicationTaskType: string }).StartReplicationTaskType === "start-replication";
        this.status = first ? "stopped" : "running";
        return {};
      },
      StopReplicationTaskCommand: () => {
        this.status = "stopped";
        return {};
      },
    };
  }

  private statistics({ Marker, MaxRecords = 100 }: DescribeTableStatisticsMessage): object {
    const start = Number(Marker ?? 0);
    const end = start + MaxRecords;
    return {
      TableStatistics: this.tables.slice(start, end).map((TableName) => ({
        SchemaName: "public",
        TableName,
        TableState: "Table completed",
        FullLoadRows: 1,
      })),
      ...(end < this.tables.length && { Marker: String(end) }),
    };
  }
}
