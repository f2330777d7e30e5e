/** What the user may do, as `SHOW GRANTS` says it. */
export interface Grants {
  /** Privileges on the whole server, in capitals: `REPLICATION SLAVE`, `SELECT`, `ALL PRIVILEGES`. */
  global: ReadonlySet<string>;
  /** Whether the user may read every column of a table. */
  mayRead(schema: string, table: string): boolean;
}

/** SELECT on some tables: given, or taken back from what a wider grant gives (MySQL's partial revokes). */
interface Reading {
  gives: boolean;
  /** A pattern with the wildcards % and _, and \ before one that stands for itself. */
  schema: string;
  /** Undefined for every table of the schema. */
  table?: string;
}

const STATEMENT =
  /^(GRANT|REVOKE) (.+) ON (?:(TABLE|FUNCTION|PROCEDURE|PACKAGE(?: BODY)?) )?(\*|`(?:[^`]|``)+`)\.(\*|`(?:[^`]|``)+`) (?:TO|FROM) /;

/** Reads the statements of `SHOW GRANTS`. Grants of roles and proxies are passed over: what they give is listed too. */
export function parseGrants(statements: readonly string[]): Grants {
  const global = new Set<string>();
  const readings: Reading[] = [];
  for (const statement of statements) {
    const [, verb, list = "", kind = "TABLE", schema = "", table = ""] = STATEMENT.exec(statement) ?? [];
    const names = splitPrivileges(list);
    const gives = verb === "GRANT";
    if (schema === "*" && gives) {
      for (const name of names) {
        global.add(name);
      }
    } else if (kind === "TABLE" && holds(names, "SELECT")) {
      readings.push({ gives, schema: unquoted(schema), ...(table !== "*" && { table: unquoted(table) }) });
    }
  }
  const on = (schema: string, table: string, gives: boolean) =>
    readings.some(
      (reading) =>
        reading.gives === gives &&
        schemaMatches(reading.schema, schema) &&
        (reading.table === undefined || reading.table === table),
    );
  return {
    global,
    mayRead: (schema, table) =>
      on(schema, table, true) || (holds([...global], "SELECT") && !on(schema, table, false)),
  };
}

/** `SELECT, INSERT (a, b), REPLICATION SLAVE`, without what is given for some columns alone. */
function splitPrivileges(list: string): string[] {
  return list
    .replace(/([A-Z ]+?) ?\([^)]*\)/g, "")
    .split(",")
    .map((name) => name.trim().toUpperCase())
    .filter((name) => name !== "");
}

function holds(names: readonly string[], privilege: string): boolean {
  return names.some((name) => name === privilege || name === "ALL PRIVILEGES" || name === "ALL");
}

function unquoted(name: string): string {
  return name.slice(1, -1).replaceAll("``", "`");
}

function schemaMatches(pattern: string, schema: string): boolean {
  const expression = pattern.replace(/\\([%_\\])|%|_|[.*+?^${}()|[\]\\]/g, (text, literal?: string) => {
    if (literal !== undefined) {
      return literal === "\\" ? "\\\\" : literal;
    }
    return { "%": ".*", _: "." }[text] ?? `\\${text}`;
  });
  return new RegExp(`^${expression}$`, "s").test(schema);
}
