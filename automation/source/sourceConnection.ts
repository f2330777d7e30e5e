import { ENGINES, type SourceEngine, type SslMode } from "../../components/replication/endpointSettings";
import { RowstreamError } from "../errors";

/** The way to a source database. It holds the password: it never goes into a message, an event or a log. */
export interface SourceConnection {
  /** The engine in DMS's own name. */
  engine: SourceEngine;
  host: string;
  port: number;
  /** The database; empty where the engine needs none. Oracle: the service. */
  database: string;
  username: string;
  /** Undefined where none is given: a server may ask for none. */
  password?: string;
  /** As DMS has it. `require` encrypts and checks no certificate; the verify modes check it. */
  sslMode: SslMode;
}

/** The engines that a URL can name, by its scheme. */
const SCHEMES: Readonly<Record<string, SourceEngine>> = {
  "postgres:": "postgres",
  "postgresql:": "postgres",
  "mysql:": "mysql",
  "mariadb:": "mariadb",
  "sqlserver:": "sqlserver",
  "oracle:": "oracle",
};

/** The schemes of the URLs that {@link connectionFromUrl} takes, as a message lists them. */
const URL_SCHEMES = ["postgres", "mysql", "mariadb", "sqlserver", "oracle"] as const;

/** Where each engine's own tools look for a password. Oracle's have none: its container images read ORACLE_PWD. */
const PASSWORD_VARIABLES: Partial<Record<SourceEngine, string>> = {
  postgres: "PGPASSWORD",
  "aurora-postgresql": "PGPASSWORD",
  mysql: "MYSQL_PWD",
  mariadb: "MYSQL_PWD",
  aurora: "MYSQL_PWD",
  sqlserver: "SQLCMDPASSWORD",
  oracle: "ORACLE_PWD",
};

/** libpq's names of the SSL modes, and what DMS makes of them: what libpq may do without, DMS does without. */
const LIBPQ_SSL_MODES: Readonly<Record<string, SslMode>> = { disable: "none", allow: "none", prefer: "none" };
const SSL_MODES: readonly string[] = ["none", "require", "verify-ca", "verify-full"] satisfies SslMode[];

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/** The environment variable that holds the password of an engine's user, where it has a customary one. */
export function passwordVariable(engine: SourceEngine): string | undefined {
  return PASSWORD_VARIABLES[engine];
}

/** The source in words, without its password: to tell one from another. */
export function describeConnection({ engine, host, port, database, username }: SourceConnection): string {
  return `${engine} ${username}@${host}:${port}${database === "" ? "" : `/${database}`}`;
}

/**
 * Takes a source's URL apart: `ENGINE://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE`. What it leaves out is as usual:
 * the engine's port, the password of the environment, TLS for another machine and none on this one.
 *
 * @param engine the engine that the configuration names, where it is of the URL's family (`aurora-postgresql`, say).
 * @throws RowstreamError `SourceNotReadable` that says what is wrong, and never shows the URL
 */
export function connectionFromUrl(
  url: string,
  engine?: SourceEngine,
  environment: NodeJS.ProcessEnv = process.env,
): SourceConnection {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const named = SCHEMES[parsed?.protocol ?? ""];
  if (parsed === undefined || named === undefined) {
    throw unreadable(
      `the source's URL must begin with one of ${URL_SCHEMES.map((name) => `${name}://`).join(", ")}`,
    );
  }
  const host = decoded(parsed.hostname).replace(/^\[|\]$/g, "");
  const database = decoded(parsed.pathname.slice(1));
  const username = decoded(parsed.username);
  if (host === "" || username === "" || (database === "" && ENGINES[named].database)) {
    throw unreadable("the source's URL names no host, user or database");
  }
  const asked = parsed.searchParams.get("sslmode") ?? (LOOPBACK.has(host) ? "none" : "require");
  const sslMode = LIBPQ_SSL_MODES[asked] ?? asked;
  if (!SSL_MODES.includes(sslMode)) {
    throw unreadable(`the source's URL has sslmode "${asked}"; give one of ${SSL_MODES.join(", ")}`);
  }
  const chosen = engine !== undefined && familyOf(engine) === familyOf(named) ? engine : named;
  return {
    engine: chosen,
    host,
    port: parsed.port === "" ? ENGINES[chosen].port : Number(parsed.port),
    database,
    username,
    ...passwordMember(decoded(parsed.password), chosen, environment),
    sslMode: sslMode as SslMode,
  };
}

/** What the stack's configuration says of the source, as far as a connection needs it. */
export interface ConfiguredSource {
  engine?: SourceEngine;
  host?: string;
  port?: number;
  database?: string;
  username?: string;
  sslMode?: SslMode;
}

/**
 * The connection that the stack's configuration describes.
 *
 * @param password the configuration's own; without it, that of the environment.
 * @throws RowstreamError `SourceNotReadable` where it names no engine, host or user
 */
export function connectionFromConfiguration(
  source: ConfiguredSource,
  password: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): SourceConnection {
  const { engine, host, username, database = "" } = source;
  if (engine === undefined || ENGINES[engine] === undefined || !host || !username) {
    throw unreadable("the configuration names no engine, host and username of the source");
  }
  if (database === "" && ENGINES[engine].database) {
    throw unreadable("the configuration names no database of the source");
  }
  return {
    engine,
    host,
    port: source.port ?? ENGINES[engine].port,
    database,
    username,
    ...passwordMember(password ?? "", engine, environment),
    sslMode: source.sslMode ?? "require",
  };
}

/** The engines that share a protocol and a catalogue. */
export type EngineFamily = "postgres" | "mysql" | "sqlserver" | "oracle" | "db2" | "sybase";

/** The family of an engine: MySQL's has three members, PostgreSQL's two. */
export function familyOf(engine: SourceEngine): EngineFamily {
  switch (engine) {
    case "aurora-postgresql":
      return "postgres";
    case "mariadb":
    case "aurora":
      return "mysql";
    default:
      return engine;
  }
}

function passwordMember(
  given: string,
  engine: SourceEngine,
  environment: NodeJS.ProcessEnv,
): { password?: string } {
  const password = given || environment[passwordVariable(engine) ?? ""];
  return password ? { password } : {};
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unreadable("the source's URL has a % that begins no %XX; write a % as %25");
  }
}

function unreadable(message: string): RowstreamError {
  return new RowstreamError("SourceNotReadable", "user", message, {
    remedy: "name the way to it with --source ENGINE://USER@HOST:PORT/DATABASE",
  });
}
