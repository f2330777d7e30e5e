import { createHash } from "node:crypto";
import { DEFAULTS, type Properties } from "./properties";
import type { AutoName } from "./resourceType";

/** Hex digits behind a resource's name, and behind a prefix that the program gave. */
const SUFFIX_DIGITS = 7;
const PREFIX_DIGITS = 26;

const DEFAULT_MAX_LENGTH = 255;

/**
 * The inputs with a name: the program's, else the one that the resource got when it was made, else a new one.
 * Which one it was is noted beside them, so that a name the program gave once and then took away is made anew.
 *
 * @param resource the resource's name in the program
 * @param seed the engine's random bytes for this step
 */
export function nameResource(
  rule: AutoName | undefined,
  {
    resource,
    seed,
    inputs,
    old,
  }: { resource: string; seed: Uint8Array; inputs: Properties; old: Properties },
): Properties {
  if (rule === undefined || inputs[rule.property] !== undefined) {
    return inputs;
  }
  const before = old[rule.property];
  const wasMade = Array.isArray(old[DEFAULTS]) && old[DEFAULTS].includes(rule.property);
  const samePrefix =
    rule.prefixProperty === undefined || inputs[rule.prefixProperty] === old[rule.prefixProperty];
  const name =
    wasMade && samePrefix && typeof before === "string" ? before : newName(rule, resource, seed, inputs);
  return { ...inputs, [rule.property]: name, [DEFAULTS]: [rule.property] };
}

function newName(rule: AutoName, resource: string, seed: Uint8Array, inputs: Properties): string {
  const digits = createHash("sha256").update(seed).update(resource).digest("hex");
  const prefix = rule.prefixProperty === undefined ? undefined : inputs[rule.prefixProperty];
  const [start, suffix] =
    typeof prefix === "string"
      ? [prefix, digits.slice(0, PREFIX_DIGITS)]
      : [`${rule.lead ?? ""}${resource}`, `-${digits.slice(0, SUFFIX_DIGITS)}`];
  const room = (rule.maxLength ?? DEFAULT_MAX_LENGTH) - suffix.length;
  const name = `${start.slice(0, room)}${suffix}`;
  return rule.lowerCase ? name.toLowerCase() : name;
}
