import type { Faults } from "./faults";

/** Writes a value into a message the way the user would have written it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}

/**
 * Checks that a number known now is whole and within bounds. An Output, whose value is not known yet, passes: AWS is
 * the judge of it.
 *
 * @param unit what is counted, in the plural, for the message.
 */
export function checkWhole(
  faults: Faults,
  path: string,
  value: unknown,
  bounds: { min: number; max: number; unit: string },
): void {
  if (value === undefined || isLater(value)) return;
  const { min, max, unit } = bounds;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    faults.add(path, `${shown(value)} is not allowed; give a whole number of ${unit} from ${min} to ${max}`);
  }
}

/** Checks that a value known now is one of `allowed`; an Output passes. */
export function checkOneOf(faults: Faults, path: string, value: unknown, allowed: readonly unknown[]): void {
  if (value === undefined || isLater(value) || allowed.includes(value)) return;
  faults.add(path, `${shown(value)} is not one of ${allowed.map(shown).join(", ")}`);
}

/** Checks that a text known now matches; an Output passes. */
export function checkMatch(
  faults: Faults,
  path: string,
  value: unknown,
  pattern: RegExp,
  expected: string,
): void {
  if (value === undefined || isLater(value)) return;
  if (typeof value !== "string" || !pattern.test(value)) {
    faults.add(path, `${shown(value)} is not ${expected}`);
  }
}

/** Checks that a required argument is there (an Output counts as there). */
export function checkGiven(faults: Faults, path: string, value: unknown, remedy: string): void {
  if (value === undefined || value === null || value === "") faults.add(path, `is missing; ${remedy}`);
}

/** An ARN of one AWS service, as a pattern: any partition, any region, any account. */
export function arnPattern(service: string): RegExp {
  return new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d*:.+$`);
}

/** True of a value that is not known before the engine runs: an Output, or a promise. */
export function isLater(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("__pulumiOutput" in value || "then" in value);
}
