/** A schema and a table, either of them a pattern. */
export interface TablePattern {
  schema: string;
  table: string;
}

/**
 * Takes `schema.table` apart at its first dot; undefined where a part is missing. Patterns are DMS's: `%` stands for
 * any text, `_` for any one character, `[ab]` for one of a set, `[_]` for an underscore (AWS DMS user guide,
 * "Wildcards in table mapping").
 */
export function parseTablePattern(text: string): TablePattern | undefined {
  const dot = text.indexOf(".");
  if (dot <= 0 || dot === text.length - 1) return undefined;
  return { schema: text.slice(0, dot), table: text.slice(dot + 1) };
}

/** Whether a pattern selects a table. Case counts, as it does in DMS. */
export function selects(pattern: TablePattern, table: TablePattern): boolean {
  return asRegExp(pattern.schema).test(table.schema) && asRegExp(pattern.table).test(table.table);
}

/** Whether one of these patterns, `schema.table` each, selects a table; a text that is no pattern selects none. */
export function selectedBy(patterns: readonly string[], table: TablePattern): boolean {
  return patterns.some((text) => {
    const pattern = parseTablePattern(text);
    return pattern !== undefined && selects(pattern, table);
  });
}

/** Whether a text holds a wildcard that can stand for more than one name. An underscore alone is taken as itself. */
export function hasWildcard(text: string): boolean {
  return /[%[\]]/.test(text);
}

function asRegExp(pattern: string): RegExp {
  const parts = pattern.match(/\[[^\]]+\]|[\s\S]/g) ?? [];
  return new RegExp(`^${parts.map(asRegExpPart).join("")}$`, "s");
}

function asRegExpPart(part: string): string {
  if (part === "%") return ".*";
  if (part === "_") return ".";
  if (part.length > 1) return `[${part.slice(1, -1).replace(/[\\^\]]/g, "\\$&")}]`;
  return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
