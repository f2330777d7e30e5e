/** A name in SQL, to the letter. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. Redshift reads a backslash in it as the beginning of an escape, unlike the standard. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
}
