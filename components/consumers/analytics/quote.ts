/** A name in Flink's SQL, to the letter. */
export function identifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A text in Flink's SQL: a backslash in it is one. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
