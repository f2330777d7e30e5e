import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startOnFreePort } from "../freePort";
import { ManagedProcess, type ProcessExit, runProcess, waitUntilReady } from "../process";
import { type ServerPlace, serverPlace } from "./serverPlace";

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
}

/** What a kept server must not forget; in a file that its owner alone reads. */
interface Credentials {
  password: string;
  /** The port of the last run, taken again where it is free: others keep it in their own state. */
  port?: number;
}

/** How PostgreSQL shuts down: `fast` in order, `immediate` as in a crash, to be recovered from at the next start. */
export type ShutdownMode = "fast" | "immediate";

/** A PostgreSQL server of our own on 127.0.0.1, with logical replication and a random password. */
export class PostgresServer {
  readonly host = "127.0.0.1";
  readonly user = USER;
  readonly port: number;
  readonly password: string;
  private readonly place: ServerPlace;
  private readonly logFile: string;
  private child: ManagedProcess;

  /** Use {@link startPostgres}. */
  constructor(started: Started) {
    this.port = started.port;
    this.password = started.password;
    this.place = started.place;
    this.logFile = started.logFile;
    this.child = started.child;
  }

  /** The connection string of a database. Its password is a secret: keep it out of logs and arguments. */
  url(database: string): string {
    return `postgres://${this.user}:${this.password}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Resolves when the server's process is gone. */
  get exited(): Promise<ProcessExit> {
    return this.child.exited;
  }

  /** What went wrong with the server, with its last log lines. */
  failure(what: string): Error {
    return this.child.failure(what);
  }

  async stop(mode: ShutdownMode = "fast"): Promise<void> {
    await this.child.stop(mode === "fast" ? "SIGINT" : "SIGQUIT");
  }

  /** Starts the stopped server again, on the same port and data. */
  async start(): Promise<void> {
    this.child = await launch(this.place, this.port, this.logFile);
  }

  /** Removes the data of a stopped server; the state folder itself is the caller's. */
  remove(): void {
    rmSync(this.place.dataDir, { recursive: true, force: true });
    if (this.place.outside !== undefined) {
      rmSync(this.place.outside, { recursive: true, force: true });
    }
  }
}

interface Started {
  port: number;
  password: string;
  place: ServerPlace;
  logFile: string;
  child: ManagedProcess;
}

/**
 * Makes a PostgreSQL cluster where there is none, and starts it.
 * @throws ProcessError with the end of the server's log where it does not come up
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  if (!existsSync(join(options.bin, "initdb"))) {
    throw new Error(`no PostgreSQL in ${options.bin}: run \`npm run setup\` to find or fetch one`);
  }
  mkdirSync(options.stateDir, { recursive: true, mode: 0o711 });
  const place = serverPlace(options.bin, options.stateDir);
  const logFile = join(options.stateDir, "postgres.log");
  const credentialsFile = join(options.stateDir, "postgres.json");
  const credentials =
    readCredentials(credentialsFile, place.dataDir) ?? (await initialize(place, credentialsFile, logFile));
  let port = 0;
  const child = await startOnFreePort(
    (candidate) => {
      port = candidate;
      return launch(place, candidate, logFile);
    },
    (error) => /could not bind|could not create any TCP/.test(String(error)),
    credentials.port,
  );
  writePrivately(credentialsFile, JSON.stringify({ ...credentials, port }));
  return new PostgresServer({ port, password: credentials.password, place, logFile, child });
}

/** Written last of all when a cluster is made: without it, what lies in the data folder is half a cluster. */
function readCredentials(file: string, dataDir: string): Credentials | undefined {
  if (!existsSync(file) || !existsSync(join(dataDir, "PG_VERSION"))) {
    return undefined;
  }
  return JSON.parse(readFileSync(file, "utf8")) as Credentials;
}

function writePrivately(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Makes the cluster. The password travels in a file: arguments can be read by every user of the machine. */
async function initialize(
  place: ServerPlace,
  credentialsFile: string,
  logFile: string,
): Promise<Credentials> {
  rmSync(credentialsFile, { force: true });
  rmSync(place.dataDir, { recursive: true, force: true });
  mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
  const passwordFile = `${place.dataDir}.password`;
  const password = randomBytes(24).toString("hex");
  writePrivately(passwordFile, `${password}\n`);
  if (place.user !== undefined) {
    chownSync(place.dataDir, place.user.uid, place.user.gid);
    chownSync(passwordFile, place.user.uid, place.user.gid);
  }
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
  writePrivately(credentialsFile, JSON.stringify({ password }));
  return { password };
}

async function launch(place: ServerPlace, port: number, logFile: string): Promise<ManagedProcess> {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = new ManagedProcess({
    name: "PostgreSQL",
    command: join(place.bin, "postgres"),
    args: ["-D", place.dataDir, "-p", String(port), ...settings],
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
