/** A statement of an IAM, key, bucket or queue policy, its one-or-many members as lists. */
export interface Statement {
  /** Its Sid, or its place where it has none. */
  name: string;
  allows: boolean;
  actions: string[];
  /** Set instead of `actions` by statements on all actions but some. */
  notActions: string[];
  resources: string[];
  notResources: string[];
  /** Principals by kind (`AWS`, `Service`, `*` …). */
  principals: Record<string, string[]>;
  /** Values by operator and key; keys in lower case, as IAM takes them. */
  conditions: { operator: string; key: string; values: string[] }[];
}

/** The statements of a policy's JSON text; undefined where it is no policy. */
export function statementsOf(text: string | undefined): Statement[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  const statement = (document as { Statement?: unknown } | null)?.Statement;
  if (typeof statement !== "object" || statement === null) return undefined;
  return ([statement].flat() as Record<string, unknown>[]).map(toStatement);
}

function toStatement(raw: Record<string, unknown>, index: number): Statement {
  const principal = raw.Principal ?? {};
  return {
    name: typeof raw.Sid === "string" && raw.Sid !== "" ? raw.Sid : `#${index + 1}`,
    allows: raw.Effect === "Allow",
    actions: texts(raw.Action),
    notActions: texts(raw.NotAction),
    resources: texts(raw.Resource),
    notResources: texts(raw.NotResource),
    principals:
      typeof principal === "string"
        ? { [principal]: [principal] }
        : Object.fromEntries(Object.entries(principal).map(([kind, names]) => [kind, texts(names)])),
    conditions: Object.entries((raw.Condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(
      ([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => ({
          operator,
          key: key.toLowerCase(),
          values: texts(values),
        })),
    ),
  };
}

function texts(value: unknown): string[] {
  return value === undefined ? [] : [value].flat().map(String);
}
