import { join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { runPasses } from "../../automation/deploy";
import { dynamoCatalogue } from "../../automation/discover";
import type { RowstreamEvent } from "../../automation/events";
import { tableStreams } from "../../automation/tableStreams";
import { taskControl } from "../../automation/taskControl";
import { openStack } from "../../automation/workspace";
import { mappingArgs } from "../../components/mappingArgs";
import { Pipeline } from "../../components/pipeline";
import { DEFAULT_MAPPING } from "../../components/tableFeed";
import { outputsOf } from "../../program";
import { pipelineArgs, replicatedTable } from "../../test/helpers/pipelineArgs";
import { tools } from "../../test/helpers/tools";
import { AnsweredDms } from "./answeredDms";
import { CountedCalls } from "./countedCalls";

/** What one run came to. */
export interface Run {
  seconds: number;
  /** The driver's own calls of AWS, by operation; the engine's and the provider's are not among them. */
  calls: Record<string, number>;
}

/** One way to take tables in: given all that there are, made already, it brings its stack to hold them. */
export type Side = (tables: readonly string[]) => Promise<Run>;

/** The driver with the pipeline, on a DMS that answers at once. Its first run is measured from the full load's end on. */
export async function driverSide(): Promise<Side> {
  const dms = new AnsweredDms();
  const dynamo = new DynamoDBClient({});
  const logs = new CloudWatchLogsClient({});
  const calls = new CountedCalls();
  calls.watch(dms.client);
  calls.watch(dynamo);
  const arns = { task: "task", instance: "instance", source: "source", target: "target" };
  return async (tables) => {
    dms.tables = tables;
    calls.take();
    let begun = performance.now();
    const onEvent = ({ code }: RowstreamEvent) => {
      if (code === "FullLoadFinished") begun = performance.now();
    };
    const stack = await openStack({
      stackName: "bench",
      workDir: process.cwd(),
      pulumi: tools().pulumi,
      missing: "create",
      program: async (adopted) =>
        outputsOf(new Pipeline("rowstream", pipelineArgs({ replicatedTables: adopted }))),
      onEvent,
    });
    await runPasses({
      stack,
      control: () => taskControl(dms.client, logs, arns, "logs"),
      catalogueFor: () => dynamoCatalogue(dynamo),
      tableStreams: () => tableStreams(dynamo),
      heartbeat: () => undefined,
      initialLoad: async () => undefined,
      runLock: () => undefined,
      restart: false,
      onEvent,
      pace: { initialMs: 0, maximumMs: 0 },
    });
    return { seconds: (performance.now() - begun) / 1000, calls: calls.take() };
  };
}

/** A component that does nothing but hold a table and its mapping, so that both sides have the same resources. */
class Feed extends pulumi.ComponentResource {
  constructor(name: string) {
    super("bench:index:Feed", name);
    this.registerOutputs({});
  }
}

/** The engine alone: the same components, tables and mappings, each one line of the program, beside the same pipeline. */
export async function bareSide(): Promise<Side> {
  let current: readonly string[] = [];
  const program = async () => {
    const { key, fanIn } = new Pipeline("rowstream", pipelineArgs()).nodes;
    for (const name of current) {
      const { partitionKey } = replicatedTable(name);
      const parent = new Feed(name);
      const table = new aws.dynamodb.Table(
        name,
        {
          name,
          attributes: [partitionKey],
          hashKey: partitionKey.name,
          billingMode: "PAY_PER_REQUEST",
          streamEnabled: true,
          streamViewType: "NEW_AND_OLD_IMAGES",
          serverSideEncryption: { enabled: true, kmsKeyArn: key?.arn },
          pointInTimeRecovery: { enabled: true },
          deletionProtectionEnabled: true,
        },
        { parent, import: name, retainOnDelete: true },
      );
      new aws.lambda.EventSourceMapping(
        name,
        {
          eventSourceArn: table.streamArn,
          functionName: fanIn.functionArn,
          startingPosition: "TRIM_HORIZON",
          ...mappingArgs(DEFAULT_MAPPING, fanIn.failureBucketArn),
        },
        { parent },
      );
    }
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "bare", projectName: "rowstream", program },
    {
      workDir: process.cwd(),
      pulumiCommand: await PulumiCommand.get({
        root: join(tools().pulumi, "..", ".."),
        skipVersionCheck: true,
      }),
    },
  );
  await stack.up();
  return async (tables) => {
    current = tables;
    const begun = performance.now();
    await stack.up();
    return { seconds: (performance.now() - begun) / 1000, calls: {} };
  };
}
