import { canonicalJson, DEFAULTS, isObject, type Properties, sameValue, UNKNOWN } from "./properties";
import type { ResourceType } from "./resourceType";

/** What changes at one property's path, and whether that needs a new resource. */
export interface PropertyChange {
  kind: "add" | "delete" | "update";
  replace: boolean;
}

/**
 * The changes between two sets of inputs, by path. Lists that are sets are compared as such, JSON by what it says,
 * code by its hash; a value that is not known yet counts as changed, as it does for the real provider.
 */
export function diffInputs(
  type: ResourceType,
  old: Properties,
  inputs: Properties,
): Map<string, PropertyChange> {
  const changes = new Map<string, PropertyChange>();
  for (const property of new Set([...Object.keys(old), ...Object.keys(inputs)])) {
    if (property === DEFAULTS) {
      continue;
    }
    const before = canonical(type, property, old[property]);
    const after = canonical(type, property, inputs[property]);
    const replace =
      property === "region" ||
      type.replaceOn.includes(property) ||
      (type.replacesFor?.(property, old, inputs) ?? false);
    for (const [path, kind] of valueChanges(property, before, after)) {
      changes.set(path, { kind, replace });
    }
  }
  return changes;
}

/** One value in the form in which it is compared. */
export function canonical(type: ResourceType, property: string, value: unknown): unknown {
  if (type.documents?.includes(property)) {
    return canonicalJson(value);
  }
  if (type.sets?.includes(property) && Array.isArray(value)) {
    return [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return value;
}

function valueChanges(path: string, before: unknown, after: unknown): [string, PropertyChange["kind"]][] {
  if (after === UNKNOWN) {
    return [[path, before === undefined ? "add" : "update"]];
  }
  if (sameValue(before, after)) {
    return [];
  }
  if (before === undefined) {
    return [[path, "add"]];
  }
  if (after === undefined) {
    return [[path, "delete"]];
  }
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => valueChanges(joinPath(path, name), before[name], after[name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      valueChanges(`${path}[${index}]`, before[index], after[index]),
    ).flat();
  }
  return [[path, "update"]];
}

/** The engine's notation: a name that is no plain word stands in brackets. */
function joinPath(path: string, name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? `${path}.${name}` : `${path}["${name.replaceAll('"', '\\"')}"]`;
}

/**
 * Whether a replacement has to remove the old resource first: a name that the program chose and keeps can be had only
 * once. The real provider says the same.
 */
export function deletesFirst({ autoName }: ResourceType, old: Properties, inputs: Properties): boolean {
  if (autoName === undefined) {
    return false;
  }
  const made = inputs[DEFAULTS];
  const chosen = !(Array.isArray(made) && made.includes(autoName.property));
  return chosen && old[autoName.property] === inputs[autoName.property];
}

/** The property that a path begins with. */
export function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

/**
 * Inputs as a refresh leaves them: those that the program gave, with the values that the resource really has. A
 * property that the service does not tell keeps its value; inside of one that it tells, what is absent is gone; and a
 * text or list that says the same keeps its form.
 */
export function projectInputs(type: ResourceType, known: Properties, actual: Properties): Properties {
  return Object.fromEntries(
    Object.entries(known).map(([property, value]) => {
      const same = sameValue(canonical(type, property, value), canonical(type, property, actual[property]));
      return [property, same ? value : project(value, actual[property])];
    }),
  );
}

function project(known: unknown, actual: unknown): unknown {
  if (actual === undefined) {
    return known;
  }
  if (isObject(known) && isObject(actual)) {
    const there = Object.entries(known).filter(([name, value]) => actual[name] !== undefined || !value);
    return Object.fromEntries(there.map(([name, value]) => [name, project(value, actual[name])]));
  }
  if (Array.isArray(known) && Array.isArray(actual) && known.length === actual.length) {
    return known.map((value, index) => project(value, actual[index]));
  }
  return actual;
}
