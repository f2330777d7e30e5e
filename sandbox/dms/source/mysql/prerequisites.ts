import type { Connection } from "mysql2/promise";
import { SourceFault } from "../source";
import { rowsOf } from "./connection";
import { isAtLeast, type ServerVersion } from "./server";
import { quoteIdentifier } from "./snapshot";

/** What is looked at of a server and a user. */
export interface Facts {
  version: ServerVersion;
  /** The server's global variables, as far as the version has them. */
  variables: Record<string, string>;
  /** For example `dms@%`. */
  user: string;
  /** The global privileges; undefined where they come from a role as well, and are not known. */
  global: ReadonlySet<string> | undefined;
  /** Whether the user may read any table. */
  mayRead: boolean;
  /** The database of the endpoint. */
  database: string | undefined;
}

/** The oldest versions whose log names the columns of its rows. AWS DMS reads older ones too. */
const OLDEST: Record<ServerVersion["flavour"], [number, number, number]> = {
  mysql: [8, 0, 1],
  mariadb: [10, 5, 0],
};

/**
 * What each variable must be. `file` is what goes into the server's configuration file, for a restart; `set` is what
 * can be set while it runs. A variable that a version does not have is not asked for.
 */
const VARIABLES: { name: string; wanted: RegExp; file?: string; set?: string; why?: string }[] = [
  { name: "log_bin", wanted: /^(ON|1)$/, file: "log_bin = binlog" },
  { name: "server_id", wanted: /^[1-9]/, set: "1" },
  { name: "binlog_format", wanted: /^ROW$/, set: "'ROW'" },
  { name: "binlog_row_image", wanted: /^FULL$/, set: "'FULL'" },
  {
    name: "binlog_row_metadata",
    wanted: /^FULL$/,
    set: "'FULL'",
    why: " (the sandbox's reader needs it, AWS DMS does not)",
  },
  { name: "binlog_row_value_options", wanted: /^$/, set: "''" },
  { name: "binlog_transaction_compression", wanted: /^(OFF|0)$/, set: "OFF" },
  { name: "log_bin_compress", wanted: /^(OFF|0)$/, set: "OFF" },
];

/** Privileges on the whole server: what DMS asks for, and each name that a server has for it. */
const PRIVILEGES = [
  { name: "REPLICATION CLIENT", names: ["REPLICATION CLIENT", "BINLOG MONITOR"] },
  { name: "REPLICATION SLAVE", names: ["REPLICATION SLAVE"] },
];

/** Why a version cannot be read; undefined where it can. */
export function versionFault(version: ServerVersion): string | undefined {
  return isAtLeast(version, OLDEST[version.flavour])
    ? undefined
    : `the server's version is ${version.text}; the sandbox's reader needs MySQL 8.0.1 or MariaDB 10.5 or later (AWS DMS takes older ones)`;
}

/** What is missing, each with the statement that mends it; empty where everything is there. */
export function missingPrerequisites(facts: Facts): string[] {
  const { database, mayRead } = facts;
  const faults = [...variableFaults(facts), ...privilegeFaults(facts)];
  if (!mayRead) {
    const where = database === undefined ? "*.*" : `${quoteIdentifier(database)}.*`;
    faults.push(`the user ${facts.user} may read no table: GRANT SELECT ON ${where} TO ${account(facts)}`);
  }
  return faults;
}

function variableFaults({ variables }: Facts): string[] {
  return VARIABLES.flatMap(({ name, wanted, file, set, why = "" }) => {
    const value = variables[name];
    if (value === undefined || wanted.test(value)) {
      return [];
    }
    const remedy =
      file === undefined
        ? `SET GLOBAL ${name} = ${set}; and ${name} = ${set?.replaceAll("'", "")} in the server's configuration, so that it outlasts a restart`
        : `put ${file} into the server's configuration ([mysqld]) and restart it`;
    return [`${name} is ${value === "" ? "empty" : value}${why}: ${remedy}`];
  });
}

function privilegeFaults(facts: Facts): string[] {
  const { version, global } = facts;
  if (global === undefined) {
    return [];
  }
  const faults = PRIVILEGES.filter(({ names }) => !names.some((name) => global.has(name))).map(
    ({ name }) => `the user ${facts.user} lacks ${name}: GRANT ${name} ON *.* TO ${account(facts)}`,
  );
  if (version.flavour === "mysql" && !global.has("RELOAD") && !global.has("FLUSH_TABLES")) {
    faults.push(
      `the user ${facts.user} may not hold the writers for the moment in which the load begins (AWS DMS does not do it): GRANT RELOAD ON *.* TO ${account(facts)}`,
    );
  }
  return faults;
}

/** An account as a statement names it. */
function account({ user }: Facts): string {
  const at = user.lastIndexOf("@");
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  return `${quoted(user.slice(0, at))}@${quoted(user.slice(at + 1))}`;
}

const MAY_READ = ["USER", "SCHEMA", "TABLE"]
  .map((scope) => `SELECT 1 FROM information_schema.${scope}_PRIVILEGES WHERE PRIVILEGE_TYPE = 'SELECT'`)
  .join(" UNION ALL ");

async function readFacts(
  client: Connection,
  version: ServerVersion,
  database: string | undefined,
): Promise<Facts> {
  const names = VARIABLES.map(({ name }) => `'${name}'`).join(", ");
  const variables = await rowsOf(client, `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`);
  const [who] = await rowsOf(client, "SELECT CURRENT_USER() AS user, CURRENT_ROLE() AS role");
  const user = who?.user ?? "";
  // In quotes, though not escaped: the name is put together as the server does it.
  const at = user.lastIndexOf("@");
  const grantee = `'${user.slice(0, at)}'@'${user.slice(at + 1)}'`;
  const privileges = await rowsOf(
    client,
    "SELECT PRIVILEGE_TYPE AS privilege FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ?",
    [grantee],
  );
  const hasRole = ![undefined, null, "", "NONE"].includes(who?.role);
  const readable = await rowsOf(client, `SELECT EXISTS (${MAY_READ}) AS may`);
  return {
    version,
    variables: Object.fromEntries(variables.map((row) => [row.Variable_name ?? "", row.Value ?? ""])),
    user,
    global: hasRole ? undefined : new Set(privileges.map((row) => row.privilege ?? "")),
    mayRead: hasRole || readable[0]?.may === "1",
    database,
  };
}

/** @throws SourceFault that names every prerequisite of change data capture that this server lacks */
export async function checkPrerequisites(
  client: Connection,
  version: ServerVersion,
  database: string | undefined,
): Promise<void> {
  const old = versionFault(version);
  if (old !== undefined) {
    throw new SourceFault(old);
  }
  const faults = missingPrerequisites(await readFacts(client, version, database));
  if (faults.length > 0) {
    throw new SourceFault(faults.join(". "));
  }
}
