/** The engines that a sandbox replicates. MariaDB is told from MySQL by what the server says, not by the URL. */
export type SourceEngine = "postgres" | "mysql";

/** The database that a sandbox's pipeline replicates. */
export interface Source {
  engine: SourceEngine;
  /** What the events call it. */
  name: string;
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  sslMode: "none" | "require" | "verify-ca" | "verify-full";
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

/** libpq's sslmode as DMS has it; what libpq may do without, DMS does without. */
const SSL_MODES: Record<string, Source["sslMode"]> = {
  disable: "none",
  allow: "none",
  prefer: "none",
  require: "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

const EXAMPLE = "postgres://user:password@host:5432/database or mysql://user:password@host:3306/database";

const SCHEMES: Record<string, SourceEngine> = {
  "postgres:": "postgres",
  "postgresql:": "postgres",
  "mysql:": "mysql",
  "mariadb:": "mysql",
};

const PORTS: Record<SourceEngine, number> = { postgres: 5432, mysql: 3306 };

function fault(what: string): Error {
  return new Error(`the source ${what}; write it as ${EXAMPLE}`);
}

/**
 * Takes a source's connection string apart. What it leaves out is as usual: the engine's port; for PostgreSQL a
 * password, which a server with trust authentication does not look at; TLS for another machine, none on this one,
 * unless `?sslmode=` says.
 * @throws Error that says what is wrong, and never shows the string: it holds a password
 */
export function parseSource(url: string): Source {
  if (!URL.canParse(url)) {
    throw fault("is no URL");
  }
  const { protocol, hostname, port, pathname, username, password, searchParams } = new URL(url);
  const engine = SCHEMES[protocol];
  if (engine === undefined) {
    throw fault(`is a ${protocol} URL, and the sandbox replicates ${Object.keys(SCHEMES).join(", ")} only`);
  }
  const database = decodeURIComponent(pathname.slice(1));
  if (hostname === "" || username === "" || database === "") {
    throw fault("has no host, user or database");
  }
  const sslmode = searchParams.get("sslmode") ?? (LOOPBACK.has(hostname) ? "disable" : "require");
  const sslMode = SSL_MODES[sslmode];
  if (sslMode === undefined) {
    throw fault(`has sslmode "${sslmode}", not one of ${Object.keys(SSL_MODES).join(", ")}`);
  }
  if (engine === "mysql" && sslMode === "require") {
    throw fault(
      "is on another machine, and DMS has no TLS to MySQL without a certificate; forward a port of this machine, or accept clear text by ?sslmode=disable",
    );
  }
  if (engine === "mysql" && password === "") {
    throw fault("has no password, without which DMS connects to no MySQL");
  }
  return {
    engine,
    name: eventName(database),
    host: decodeURIComponent(hostname).replace(/^\[|\]$/g, ""),
    port: port === "" ? PORTS[engine] : Number(port),
    database,
    user: decodeURIComponent(username),
    password: password === "" ? "unused" : decodeURIComponent(password),
    sslMode,
  };
}

/** A source's connection string. It holds the password. */
export function sourceUrl({ engine, host, port, database, user, password, sslMode }: Source): string {
  const server = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const mode = sslMode === "none" ? "disable" : sslMode;
  const [name, secret, path] = [user, password, database].map(encodeURIComponent);
  return `${engine}://${name}:${secret}@${server}/${path}?sslmode=${mode}`;
}

/** The pattern of the tables that are replicated where nobody says which. MySQL's databases have no schemas. */
export function defaultTables({ engine, database }: Source): string[] {
  // An underscore would stand for any character.
  return [engine === "postgres" ? "public.%" : `${database.replaceAll("_", "[_]")}.%`];
}

/** A source in words, without its password: to tell one from another. */
export function describeSource({ host, port, database, user }: Source): string {
  return `the database ${database} of ${user}@${host}:${port}`;
}

/** The source's name in the events, out of the database's: 1 to 64 letters, digits, dots, dashes, underscores. */
function eventName(database: string): string {
  return database.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 64);
}
