/** A pattern that is no valid filter; the message says where. */
export class FilterError extends Error {
  override name = "FilterError";
}

type Test = (value: unknown, present: boolean) => boolean;

function fault(path: string[], what: string): FilterError {
  return new FilterError(`${path.length === 0 ? "the pattern" : `"${path.join(".")}"`} ${what}`);
}

function asText(value: unknown, path: string[], operator: string): string {
  if (typeof value !== "string") {
    throw fault(path, `has a "${operator}" that is no string`);
  }
  return value;
}

const COMPARISONS: Record<string, (value: number, limit: number) => boolean> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

function numeric(operand: unknown, path: string[]): Test {
  const parts = Array.isArray(operand) ? operand : [];
  if (parts.length !== 2 && parts.length !== 4) {
    throw fault(path, 'has a "numeric" that is not one or two pairs of operator and number');
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const limit = parts[index + 1];
    if (compare === undefined || typeof limit !== "number") {
      throw fault(path, `has a "numeric" with "${parts[index]} ${limit}"; operators are = < <= > >=`);
    }
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

function anythingBut(operand: unknown, path: string[]): Test {
  if (typeof operand === "object" && operand !== null && !Array.isArray(operand)) {
    const inner = operation(operand as Record<string, unknown>, path);
    return (value, present) => present && !inner(value, present);
  }
  const excluded = Array.isArray(operand) ? operand : [operand];
  return (value, present) => present && !excluded.includes(value);
}

const OPERATIONS: Record<string, (operand: unknown, path: string[]) => Test> = {
  prefix: (operand, path) => {
    const text = asText(operand, path, "prefix");
    return (value) => typeof value === "string" && value.startsWith(text);
  },
  suffix: (operand, path) => {
    const text = asText(operand, path, "suffix");
    return (value) => typeof value === "string" && value.endsWith(text);
  },
  "equals-ignore-case": (operand, path) => {
    const text = asText(operand, path, "equals-ignore-case").toLowerCase();
    return (value) => typeof value === "string" && value.toLowerCase() === text;
  },
  exists: (operand, path) => {
    if (typeof operand !== "boolean") {
      throw fault(path, 'has an "exists" that is neither true nor false');
    }
    return (_value, present) => present === operand;
  },
  numeric,
  "anything-but": anythingBut,
};

function operation(rule: Record<string, unknown>, path: string[]): Test {
  const [name, ...more] = Object.keys(rule);
  const make = name === undefined ? undefined : OPERATIONS[name];
  if (name === undefined || more.length > 0 || make === undefined) {
    throw fault(path, `has a rule ${JSON.stringify(rule)}; rules are ${Object.keys(OPERATIONS).join(", ")}`);
  }
  return make(rule[name], path);
}

/** The alternatives for one value. */
function leaf(rules: unknown[], path: string[]): Test {
  if (rules.length === 0) {
    throw fault(path, "has an empty list of values");
  }
  const tests = rules.map((rule): Test => {
    if (typeof rule === "object" && rule !== null) {
      return operation(rule as Record<string, unknown>, path);
    }
    return (value, present) => present && value === rule;
  });
  return (value, present) => {
    // A list in the event matches where one of its members does.
    const values = Array.isArray(value) && value.length > 0 ? value : [value];
    return values.some((item) => tests.some((test) => test(item, present)));
  };
}

function compile(pattern: unknown, path: string[]): Test {
  if (Array.isArray(pattern)) {
    return leaf(pattern, path);
  }
  if (typeof pattern !== "object" || pattern === null) {
    throw fault(path, `is ${JSON.stringify(pattern)}; a value to match stands in a list`);
  }
  const tests = Object.entries(pattern).map(([name, inner]): Test => {
    if (name === "$or") {
      if (!Array.isArray(inner) || inner.length < 2) {
        throw fault(path, 'has an "$or" that is not a list of two or more patterns');
      }
      const alternatives = inner.map((alternative) => compile(alternative, path));
      return (value, present) => alternatives.some((test) => test(value, present));
    }
    const test = compile(inner, [...path, name]);
    return (value) => {
      const holds = typeof value === "object" && value !== null && Object.hasOwn(value, name);
      return test(holds ? (value as Record<string, unknown>)[name] : undefined, holds);
    };
  });
  return (value, present) => tests.every((test) => test(value, present));
}

/**
 * Compiles a mapping's filters (AWS Lambda developer guide, "Control which events Lambda sends to your function").
 * An event passes where at least one pattern matches it.
 * @param patterns each a JSON text
 * @throws FilterError that says what is wrong with which pattern
 */
export function compileFilters(patterns: readonly string[]): (event: unknown) => boolean {
  const tests = patterns.map((text) => {
    let pattern: unknown;
    try {
      pattern = JSON.parse(text);
    } catch {
      throw new FilterError(`the pattern ${text} is no JSON`);
    }
    if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) {
      throw new FilterError(`the pattern ${text} is no JSON object`);
    }
    return compile(pattern, []);
  });
  return (event) => tests.some((test) => test(event, true));
}
