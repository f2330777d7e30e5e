import { DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { type Metrics, writeMetrics } from "./embeddedMetrics";
import { INSPECTOR_METRICS, type InspectedTable, inspect } from "./inspection";
import { countFailures, isReplicating, readMappings, readStreams, readTableStates } from "./inspectionReads";
import { log } from "./log";

/** How many names a line of the log takes. */
const NAMES_LOGGED = 20;

/** What the function's environment variables say. */
interface Environment {
  region: string;
  /** The ARN of the replication task, or of the serverless configuration. */
  replicationArn: string;
  fanInName: string;
  failureBucket: string;
  streamName: string;
}

/**
 * Makes the inspector: the Lambda function that looks, every few minutes, at what no metric of AWS's says, and writes
 * it as metrics. What it cannot find out it leaves out, and fails: an alarm whose metric stays away says so.
 *
 * @param environment `REPLICATION_ARN`, `FAN_IN_NAME`, `FAILURE_BUCKET` and `STREAM_NAME`, besides Lambda's own
 * @param tables the adopted tables
 * @throws Error that names the variables that are not set
 */
export function createInspector(
  environment: NodeJS.ProcessEnv,
  tables: readonly InspectedTable[],
): () => Promise<void> {
  const { region, replicationArn, fanInName, failureBucket, streamName } = readEnvironment(environment);
  const dms = new DatabaseMigrationServiceClient({ region });
  const dynamodb = new DynamoDBClient({ region });
  const lambda = new LambdaClient({ region });
  const s3 = new S3Client({ region });

  async function stopped(): Promise<Metrics> {
    return { [INSPECTOR_METRICS.stopped]: (await isReplicating(dms, replicationArn)) ? 0 : 1 };
  }

  async function tablesAtFault(): Promise<Metrics> {
    const [statistics, streams, mappings] = await Promise.all([
      readTableStates(dms, replicationArn),
      readStreams(dynamodb, tables),
      readMappings(lambda, fanInName),
    ]);
    const { suspended, unfed } = inspect({ adopted: tables, statistics, streams, mappings });
    logNames("DMS has given up on tables; rowstream reload loads one again", suspended);
    logNames("changes of tables become no events; run rowstream up", unfed);
    return { [INSPECTOR_METRICS.suspended]: suspended.length, [INSPECTOR_METRICS.unfed]: unfed.length };
  }

  async function failures(): Promise<Metrics> {
    return { [INSPECTOR_METRICS.failures]: await countFailures(s3, failureBucket) };
  }

  return async () => {
    const looks = await Promise.allSettled([stopped(), tablesAtFault(), failures()]);
    const found = looks.flatMap((look) => (look.status === "fulfilled" ? [look.value] : []));
    writeMetrics(streamName, Object.assign({}, ...found));
    const failed = looks.find((look) => look.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };
}

function logNames(message: string, names: readonly string[]): void {
  if (names.length === 0) return;
  log("warn", message, { count: names.length, tables: names.slice(0, NAMES_LOGGED).join(", ") });
}

function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
  const names = ["AWS_REGION", "REPLICATION_ARN", "FAN_IN_NAME", "FAILURE_BUCKET", "STREAM_NAME"];
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Error(
      `the inspector's environment lacks ${missing.join(", ")}; deploy the function with the Monitoring component, which sets it`,
    );
  }
  const [region = "", replicationArn = "", fanInName = "", failureBucket = "", streamName = ""] = names.map(
    (name) => environment[name],
  );
  return { region, replicationArn, fanInName, failureBucket, streamName };
}
