/** A name, in backticks or not, as MySQL writes it in a statement. */
const NAME = "(?:`((?:[^`]|``)+)`|([^\\s`.;/]+))";

const TRUNCATE = new RegExp(`^TRUNCATE\\s+(?:TABLE\\s+)?${NAME}(?:\\s*\\.\\s*${NAME})?`, "i");

/** What may stand before a statement. */
const COMMENTS = /^(?:\s+|\/\*[\s\S]*?\*\/|(?:--\s|#)[^\n]*\n)+/;

function nameOf(quoted: string | undefined, plain: string | undefined): string | undefined {
  return quoted?.replaceAll("``", "`") ?? plain;
}

/**
 * The table that a statement of the log truncates; undefined for every other statement.
 * @param schema the database that the statement was run in
 */
export function truncatedTable(
  statement: string,
  schema: string,
): { schema: string; name: string } | undefined {
  const match = TRUNCATE.exec(statement.replace(COMMENTS, ""));
  if (match === null) {
    return undefined;
  }
  const first = nameOf(match[1], match[2]) ?? "";
  const second = nameOf(match[3], match[4]);
  return second === undefined ? { schema, name: first } : { schema: first, name: second };
}
