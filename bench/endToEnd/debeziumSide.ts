import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CreateStreamCommand, DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Client } from "pg";
import { describeExit, ManagedProcess } from "../../sandbox/process";
import { poll } from "../../test/helpers/poll";
import type { Side } from "./side";
import { TABLE } from "./workload";

export const DEBEZIUM = "Debezium Server";

const PREFIX = "debezium";
const SLOT = "debezium";
const PUBLICATION = "debezium";

/** How long its end may take, in milliseconds: it writes down how far it is. */
const STOP_MS = 20_000;

/** What it is started with. */
export interface DebeziumOptions {
  /** The folder of its distribution, and the Java to run it. */
  program: { home: string; java: string };
  /** A folder for its settings, its position and its log; made. */
  folder: string;
  /** A connection to the source, and the source's connection string. */
  client: Client;
  sourceUrl: string;
  /** Leads to the sandbox. */
  environment: Record<string, string>;
}

/** Starts Debezium Server on the source, with a stream of its own, and waits until it reads the log. */
export async function startDebezium(options: DebeziumOptions): Promise<Side> {
  const { program, folder, client, environment } = options;
  const streamName = `${PREFIX}.public.${TABLE}`;
  await createStream(environment, streamName);
  mkdirSync(join(folder, "config"), { recursive: true, mode: 0o700 });
  // It holds the password.
  writeFileSync(join(folder, "config", "application.properties"), properties(options), { mode: 0o600 });
  const child = new ManagedProcess({
    name: DEBEZIUM,
    command: program.java,
    // As its own run.sh has it, and nothing said to the JVM of its memory or compiler. Java 24 and later need the first.
    args: [
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      // JSON, as the fan-in sends it: MiniStack does not come with what reads the other protocol of Kinesis.
      "-Daws.cborEnabled=false",
      ...["-cp", classPath(program.home), "io.debezium.server.Main"],
    ],
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: environment.AWS_REGION,
      AWS_ACCESS_KEY_ID: "sandbox",
      AWS_SECRET_ACCESS_KEY: "sandbox",
    },
    logFile: join(folder, "debezium.log"),
    stopTimeoutMs: STOP_MS,
  });
  const stop = async () => {
    await child.stop();
    await release(client);
  };
  try {
    await poll(`${DEBEZIUM} to read the log`, async () => {
      if (!child.running) {
        throw child.failure(describeExit(await child.exited));
      }
      return (await slots(client, "active")) > 0;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: DEBEZIUM,
    streamName,
    readRow: (event) => (event as { after: Record<string, unknown> | null }).after,
    parts: { [DEBEZIUM]: /io\.debezium\.server\.Main/ },
    failed: child.exited.then((exit) => child.failure(describeExit(exit))),
    stop,
  };
}

/**
 * Its settings (Debezium documentation, "Debezium Server" and "PostgreSQL connector"). Tuned for latency is the poll
 * interval, of which the default is half a second; the sizes of queues and batches are the defaults, which are larger
 * than the 500 records of a call. It is not asked for more than rowstream does: no snapshot, no tombstones, no schema
 * in every record.
 */
function properties({ folder, sourceUrl, environment }: DebeziumOptions): string {
  const { hostname, port, username, password, pathname } = new URL(sourceUrl);
  const settings = {
    "debezium.sink.type": "kinesis",
    "debezium.sink.kinesis.region": environment.AWS_REGION,
    "debezium.sink.kinesis.endpoint": environment.AWS_ENDPOINT_URL,
    "debezium.sink.kinesis.batch.size": 500,
    "debezium.sink.kinesis.null.key": "default",
    "debezium.source.connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "debezium.source.database.hostname": hostname,
    "debezium.source.database.port": port,
    "debezium.source.database.user": username,
    "debezium.source.database.password": password,
    "debezium.source.database.dbname": pathname.slice(1),
    "debezium.source.topic.prefix": PREFIX,
    "debezium.source.table.include.list": `public.${TABLE}`,
    "debezium.source.plugin.name": "pgoutput",
    "debezium.source.slot.name": SLOT,
    "debezium.source.publication.name": PUBLICATION,
    "debezium.source.publication.autocreate.mode": "filtered",
    "debezium.source.snapshot.mode": "no_data",
    "debezium.source.decimal.handling.mode": "string",
    "debezium.source.tombstones.on.delete": false,
    "debezium.source.poll.interval.ms": 10,
    "debezium.source.offset.storage.file.filename": join(folder, "offsets.dat"),
    "debezium.source.offset.flush.interval.ms": 1000,
    "debezium.format.key.schemas.enable": false,
    "debezium.format.value.schemas.enable": false,
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": 0,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function classPath(home: string): string {
  const runner = readdirSync(home).find((name) => name.endsWith("runner.jar"));
  if (runner === undefined || !existsSync(join(home, "lib"))) {
    throw new Error(`${home} holds no Debezium Server: remove the folder and run the bench again`);
  }
  return [join(home, runner), join(home, "config", "lib"), join(home, "lib", "*")].join(delimiter);
}

async function createStream(environment: Record<string, string>, StreamName: string): Promise<void> {
  const kinesis = new KinesisClient({
    endpoint: environment.AWS_ENDPOINT_URL ?? "",
    region: environment.AWS_REGION ?? "",
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
    requestHandler: new NodeHttpHandler(),
  });
  await kinesis.send(new CreateStreamCommand({ StreamName, StreamModeDetails: { StreamMode: "ON_DEMAND" } }));
  await poll(`the stream ${StreamName}`, async () => {
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    return StreamDescriptionSummary?.StreamStatus === "ACTIVE";
  });
  kinesis.destroy();
}

async function slots(client: Client, condition: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT 1 FROM pg_replication_slots WHERE slot_name = '${SLOT}' AND ${condition}`,
  );
  return rows.length;
}

/** Frees the source of what was made in it: a slot would keep the log. */
async function release(client: Client): Promise<void> {
  await poll("the replication slot to be free", async () => (await slots(client, "active")) === 0);
  await client.query(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${SLOT}'`,
  );
  await client.query(`DROP PUBLICATION IF EXISTS ${PUBLICATION}`);
}
