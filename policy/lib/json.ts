/** A JSON object's member at a path; undefined where there is none, or the text is no JSON. */
export function jsonAt(text: string | undefined, ...path: string[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
  for (const key of path) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}
