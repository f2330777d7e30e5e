import { DEFAULTS, holdsUnknown, isArchive, isObject, type Properties, UNKNOWN } from "./properties";
import text from "./schema.json";

/** The shape of a value, in the notation of scripts/provider-schema.mjs. */
type Shape = string | Shape[] | { [name: string]: Shape };

/** What the real provider knows of one type or function. */
export interface TypeSchema {
  inputs: { [name: string]: Shape };
  /** Every output's name. */
  outputs: string[];
  /** Those that always have a value: unknown until the resource is there, where the program does not give it. */
  certain: string[];
}

/** One fault of the inputs, as the engine prints it. */
export interface CheckFailure {
  /** The property's path, for example `attributes[0].type`; empty where it is about the whole. */
  property: string;
  reason: string;
}

type Written = Pick<TypeSchema, "inputs" | "outputs">;

const written = text as unknown as Record<"resources" | "invokes", Record<string, Written | undefined>>;

/** The schema of a resource type or a function by its token; undefined where the stand-in does not serve it. */
export function schemaOf(kind: "resources" | "invokes", token: string): TypeSchema | undefined {
  const found = written[kind][token];
  return (
    found && {
      inputs: found.inputs,
      outputs: found.outputs.map((name) => name.replace("?", "")),
      certain: found.outputs.filter((name) => !name.endsWith("?")),
    }
  );
}

/** Every fault of the inputs against the schema: unknown properties at any depth, wrong types, missing ones. */
export function checkInputs(token: string, { inputs }: TypeSchema, given: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  checkObject(token, "", inputs, given, failures);
  return failures;
}

function checkObject(
  token: string,
  path: string,
  shape: { [name: string]: Shape },
  given: Properties,
  failures: CheckFailure[],
): void {
  const elements = shape["*"];
  for (const [name, value] of Object.entries(given)) {
    const member = elements ?? shape[name] ?? shape[`${name}!`];
    const property = path === "" ? name : `${path}.${name}`;
    if (name === DEFAULTS) {
      continue;
    }
    if (member === undefined) {
      failures.push({ property, reason: `unknown property "${property}" of ${token}; ${known(shape)}` });
    } else {
      checkValue(token, property, member, value, failures);
    }
  }
  for (const name of Object.keys(shape).filter((key) => key.endsWith("!"))) {
    const property = path === "" ? name.slice(0, -1) : `${path}.${name.slice(0, -1)}`;
    if (given[name.slice(0, -1)] === undefined) {
      failures.push({ property, reason: `"${property}" of ${token} is missing; it is required` });
    }
  }
}

function known(shape: { [name: string]: Shape }): string {
  const names = Object.keys(shape).map((name) => (name.endsWith("!") ? name.slice(0, -1) : name));
  return `it has ${names.join(", ")}`;
}

function checkValue(token: string, property: string, shape: Shape, value: unknown, failures: CheckFailure[]) {
  const wrong = (wanted: string) => {
    failures.push({
      property,
      reason: `"${property}" of ${token} is ${describe(value)}; it must be ${wanted}`,
    });
  };
  if (value === UNKNOWN || shape === "any") {
    return;
  }
  if (Array.isArray(shape)) {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        checkValue(token, `${property}[${index}]`, shape[0] as Shape, element, failures);
      }
    } else {
      wrong("a list");
    }
  } else if (typeof shape === "object") {
    if (isObject(value)) {
      checkObject(token, property, shape, value, failures);
    } else {
      wrong("an object");
    }
  } else if (!isPrimitive(shape, value)) {
    wrong(shape === "archive" ? "an archive" : `a ${shape}`);
  }
}

/** As the real provider does, numbers and booleans are also taken as text, and the other way round. */
function isPrimitive(shape: string, value: unknown): boolean {
  switch (shape) {
    case "json":
      return typeof value === "string" || isObject(value);
    case "archive":
      return isArchive(value) || typeof value === "object";
    case "number":
      return typeof value === "number" || (typeof value === "string" && Number.isFinite(Number(value)));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    default:
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  }
}

function describe(value: unknown): string {
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The inputs with numbers and booleans in their own types, and documents as text. */
export function coerceInputs({ inputs }: TypeSchema, given: Properties): Properties {
  return coerce(inputs, given) as Properties;
}

function coerce(shape: Shape, value: unknown): unknown {
  if (value === UNKNOWN || value === undefined) {
    return value;
  }
  if (Array.isArray(shape)) {
    return Array.isArray(value) ? value.map((element) => coerce(shape[0] as Shape, element)) : value;
  }
  if (typeof shape === "object") {
    return isObject(value) ? coerceMembers(shape, value) : value;
  }
  switch (shape) {
    case "number":
      return typeof value === "string" ? Number(value) : value;
    case "boolean":
      return typeof value === "string" ? value === "true" : value;
    case "json":
      return isObject(value) ? (holdsUnknown(value) ? UNKNOWN : JSON.stringify(value)) : value;
    case "string":
      return typeof value === "string" ? value : String(value);
    default:
      return value;
  }
}

function coerceMembers(shape: { [name: string]: Shape }, value: Properties): Properties {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const inner = shape["*"] ?? shape[name] ?? shape[`${name}!`];
      return [name, inner === undefined ? member : coerce(inner, member)];
    }),
  );
}
