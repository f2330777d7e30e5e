import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ManagedProcess, runProcess, waitUntilReady } from "../process";
import { DatabaseServer, type ServerKind } from "./databaseServer";
import { type ServerPlace, writeForServer } from "./serverPlace";

/** The server's superuser. */
const USER = "postgres";

const READY_TIMEOUT_MS = 30_000;

/** PostgreSQL's programs need little of the environment, and messages that can be read by this code. */
const ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };

/**
 * The server's settings. Logical replication for DMS, with room for several tasks; no durability against a crash
 * of the machine (the process itself may be killed at any time), since all of it is for a sandbox.
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  wal_level: "logical",
  max_replication_slots: "20",
  max_wal_senders: "20",
  fsync: "off",
  full_page_writes: "off",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** Which PostgreSQL to start, and where it keeps itself. */
export interface PostgresOptions {
  /** The folder with `initdb` and `postgres`, version 12 or later. */
  bin: string;
  /** The folder for its data, its password and its log; made where missing. Data found there is served again. */
  stateDir: string;
  /** Settings of the server beside or in place of the sandbox's own: `{"wal_level": "replica"}`. */
  settings?: Record<string, string>;
}

/** A PostgreSQL server of our own on 127.0.0.1, with logical replication and a random password. */
export type PostgresServer = DatabaseServer;

/**
 * Makes a PostgreSQL cluster where there is none, and starts it with logical replication.
 * @throws ProcessError with the end of the server's log where it does not come up
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  if (!existsSync(join(options.bin, "initdb"))) {
    throw new Error(`no PostgreSQL in ${options.bin}: run \`npm run setup\` to find or fetch one`);
  }
  const settings = { ...SETTINGS, ...options.settings };
  const kind: ServerKind = {
    name: "postgres",
    scheme: "postgres",
    user: USER,
    landmark: "PG_VERSION",
    portTaken: /could not bind|could not create any TCP/,
    crashSignal: "SIGQUIT",
    initialize,
    launch: (place, port, logFile) => launch(place, port, logFile, settings),
  };
  return DatabaseServer.open(kind, options.bin, options.stateDir);
}

async function initialize(place: ServerPlace, password: string, logFile: string): Promise<void> {
  const passwordFile = `${place.dataDir}.password`;
  writeForServer(place, passwordFile, `${password}\n`);
  try {
    await runProcess({
      name: "initdb",
      command: join(place.bin, "initdb"),
      args: [
        ...["--pgdata", place.dataDir, "--username", USER, "--pwfile", passwordFile],
        ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
      ],
      env: ENVIRONMENT,
      ...(place.user !== undefined && { user: place.user }),
      logFile,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function launch(
  place: ServerPlace,
  port: number,
  logFile: string,
  settings: Record<string, string>,
): Promise<ManagedProcess> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = new ManagedProcess({
    name: "PostgreSQL",
    command: join(place.bin, "postgres"),
    args: ["-D", place.dataDir, "-p", String(port), ...flags],
    env: ENVIRONMENT,
    ...(place.user !== undefined && { user: place.user }),
    logFile,
    // "Fast": sessions are cut off. SIGTERM would wait for the last of them.
    stopSignal: "SIGINT",
    stopTimeoutMs: 10_000,
  });
  await waitUntilReady(child, () => isReady(place.dataDir, child.pid), READY_TIMEOUT_MS);
  return child;
}

/**
 * Whether the server accepts connections, from its own lock file, as pg_ctl does: the first line is the process
 * id, the eighth its status (PostgreSQL source, src/include/utils/pidfile.h). No connection to the port could
 * tell our server from another one that was faster.
 */
function isReady(dataDir: string, pid: number | undefined): boolean {
  const lines = readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}
