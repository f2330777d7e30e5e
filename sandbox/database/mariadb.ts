import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { ManagedProcess, runProcess, waitUntilReady } from "../process";
import { DatabaseServer, type ServerKind } from "./databaseServer";
import { type ServerPlace, writeForServer } from "./serverPlace";

/** The server's superuser: an account for connections from 127.0.0.1, and the only one that can log in. */
const USER = "root";

const READY_TIMEOUT_MS = 60_000;

const ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };

/**
 * Settings of every run, the making of the data included. `loose-` ones are of MariaDB or of MySQL alone. No socket
 * and no file outside the data folder, which is what relative names are relative to; durable against the end of the
 * process, not of the machine.
 */
const SETTINGS: Record<string, string> = {
  "character-set-server": "utf8mb4",
  "default-time-zone": "+00:00",
  "innodb-flush-log-at-trx-commit": "2",
  "sync-binlog": "0",
  "loose-innodb-log-file-size": "16M",
  "loose-innodb-redo-log-capacity": "16M",
  "loose-mysqlx": "OFF",
  "pid-file": "server.pid",
  "secure-file-priv": "",
  socket: "server.sock",
};

/** What DMS asks of a source: a binary log of whole rows. The metadata names the columns in it. */
const BINARY_LOG: Record<string, string> = {
  "server-id": "1",
  "log-bin": "binlog",
  "binlog-format": "ROW",
  "binlog-row-image": "FULL",
  "binlog-row-metadata": "FULL",
};

/** MariaDB's own scripts for a new data folder, in the order in which mariadb-install-db runs them. */
const SYSTEM_TABLES = [
  "mysql_system_tables.sql",
  "mysql_performance_tables.sql",
  "mysql_system_tables_data.sql",
];

/** Which server to start, and where it keeps itself. */
export interface MariadbOptions {
  /** The server's program: `mariadbd` of MariaDB 10.5 or later, or `mysqld` of MySQL 8.0 or later. */
  program: string;
  /** The folder for its data, its password and its log; made where missing. Data found there is served again. */
  stateDir: string;
  /**
   * Settings of the server beside or in place of the sandbox's own, by option name: `{"binlog-format": "MIXED"}`;
   * undefined for an option without a value: `{"skip-log-bin": undefined}`.
   */
  settings?: Record<string, string | undefined>;
}

/** A MariaDB or MySQL server of our own on 127.0.0.1, with a binary log of whole rows and a random password. */
export type MariadbServer = DatabaseServer;

/**
 * Makes a server's data where there is none, and starts it.
 * @throws ProcessError with the end of the server's log where it does not come up
 */
export async function startMariadb(options: MariadbOptions): Promise<MariadbServer> {
  const { program, stateDir, settings = {} } = options;
  if (!existsSync(program)) {
    throw new Error(`no MariaDB server at ${program}: run \`npm test\`, whose set-up finds or fetches one`);
  }
  const name = basename(program);
  const kind: ServerKind = {
    name: "mariadb",
    scheme: "mysql",
    user: USER,
    landmark: "mysql",
    portTaken: /Address already in use/,
    crashSignal: "SIGKILL",
    async initialize(place, password, logFile) {
      const make = (await isMariadb(join(place.bin, name))) ? initializeMariadb : initializeMysql;
      await make(join(place.bin, name), place, password, logFile);
    },
    launch: (place, port, logFile) =>
      launch(join(place.bin, name), place, logFile, {
        ...BINARY_LOG,
        ...settings,
        port: String(port),
        "bind-address": "127.0.0.1",
        "skip-name-resolve": "ON",
      }),
  };
  return DatabaseServer.open(kind, dirname(program), stateDir);
}

/** `Ver 10.11.6-MariaDB …` against `Ver 8.0.36 … (MySQL Community Server - GPL)`. */
async function isMariadb(program: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(program, ["--version"], { env: ENVIRONMENT });
  return stdout.includes("MariaDB");
}

/**
 * What mariadb-install-db does, without the programs that it needs and packages leave out: the server reads its own
 * scripts from its standard input, and the password with them, which no argument would keep secret.
 */
async function initializeMariadb(
  program: string,
  place: ServerPlace,
  password: string,
  logFile: string,
): Promise<void> {
  const scripts = await scriptFolder(program);
  const input = [
    "CREATE DATABASE mysql;",
    "USE mysql;",
    ...SYSTEM_TABLES.map((file) => readFileSync(join(scripts, file), "utf8")),
    // The owner of the system's views, which cannot log in, is all that stays of the default accounts.
    "DELETE FROM global_priv WHERE User <> 'mariadb.sys';",
    "DELETE FROM proxies_priv;",
    "FLUSH PRIVILEGES;",
    ...superuser(password),
    "",
  ].join("\n");
  await runProcess(processOptions(program, place, logFile, { bootstrap: undefined }), input);
}

async function initializeMysql(
  program: string,
  place: ServerPlace,
  password: string,
  logFile: string,
): Promise<void> {
  const statements = `${place.dataDir}.sql`;
  writeForServer(place, statements, [...superuser(password), "DROP USER 'root'@'localhost';", ""].join("\n"));
  try {
    const settings = { "initialize-insecure": undefined, "init-file": statements };
    await runProcess(processOptions(program, place, logFile, settings));
  } finally {
    rmSync(statements, { force: true });
  }
}

function superuser(password: string): string[] {
  const account = `'${USER}'@'127.0.0.1'`;
  return [
    `CREATE USER ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`,
  ];
}

/** The folder with the server's SQL scripts, above that of its character sets, which it names itself. */
async function scriptFolder(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ["--no-defaults", "--verbose", "--help"], {
    env: ENVIRONMENT,
    maxBuffer: 16 * 1024 * 1024,
  });
  const characterSets = /^character-sets-dir\s+(\S.*)$/m.exec(stdout)?.[1]?.trim();
  if (characterSets === undefined) {
    throw new Error(`${program} --verbose --help does not say where its character sets lie`);
  }
  return dirname(characterSets.replace(/\/$/, ""));
}

async function launch(
  program: string,
  place: ServerPlace,
  logFile: string,
  settings: Record<string, string | undefined>,
): Promise<ManagedProcess> {
  // It ends in order on SIGTERM, once what it holds in memory is written.
  const child = new ManagedProcess({
    ...processOptions(program, place, logFile, settings),
    stopTimeoutMs: 20_000,
  });
  await waitUntilReady(child, () => isReady(child), READY_TIMEOUT_MS);
  return child;
}

/** No connection to the port could tell our server from another one that was faster; its own log can. */
function isReady(child: ManagedProcess): boolean {
  return child.lastLines().some((line) => /: ready for connections\./.test(line));
}

function processOptions(
  program: string,
  place: ServerPlace,
  logFile: string,
  settings: Record<string, string | undefined>,
) {
  const all = { ...SETTINGS, ...settings };
  return {
    name: "MariaDB",
    command: program,
    args: [
      "--no-defaults",
      `--datadir=${place.dataDir}`,
      ...Object.entries(all).map(([name, value]) =>
        value === undefined ? `--${name}` : `--${name}=${value}`,
      ),
    ],
    env: ENVIRONMENT,
    ...(place.user !== undefined && { user: place.user }),
    logFile,
  };
}
