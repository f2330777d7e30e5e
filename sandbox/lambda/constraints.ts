import { ApiError } from "./apiError";

type Json = Record<string, unknown>;

/**
 * Checks the members of a request body and collects every fault, as AWS does: one answer names them all
 * (`2 validation errors detected: …`).
 */
export class Constraints {
  private readonly faults: string[] = [];

  constructor(private readonly body: Json) {}

  /** A whole number within limits; undefined where it is absent. */
  integer(name: string, minimum: number, maximum: number): number | undefined {
    const value = this.body[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== "number" || !Number.isInteger(value)) {
      this.fault(name, value, "Member must be an integer");
    } else if (value < minimum) {
      this.fault(name, value, `Member must have value greater than or equal to ${minimum}`);
    } else if (value > maximum) {
      this.fault(name, value, `Member must have value less than or equal to ${maximum}`);
    }
    return value as number;
  }

  /** One of the named values; undefined where it is absent. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.body[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (!allowed.includes(value as T)) {
      this.fault(name, value, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
    }
    return value as T;
  }

  /** A text of limited length and form; undefined where it is absent. */
  text(name: string, maximum: number, pattern?: RegExp): string | undefined {
    const value = this.body[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== "string") {
      this.fault(name, value, "Member must be a string");
    } else if (value.length > maximum) {
      this.fault(name, value, `Member must have length less than or equal to ${maximum}`);
    } else if (pattern !== undefined && !pattern.test(value)) {
      this.fault(name, value, `Member must satisfy regular expression pattern: ${pattern.source}`);
    }
    return value as string;
  }

  /** True or false; undefined where it is absent. */
  flag(name: string): boolean | undefined {
    const value = this.body[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== "boolean") {
      this.fault(name, value, "Member must be a boolean");
    }
    return value as boolean;
  }

  /** Names of texts, such as tags and variables; undefined where it is absent. */
  texts(name: string): Record<string, string> | undefined {
    const value = this.body[name];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== "object" || !Object.values(value).every((item) => typeof item === "string")) {
      this.fault(name, value, "Member must be a map of strings");
    }
    return value as Record<string, string>;
  }

  /** Adds a fault where a required member is absent. */
  require(name: string): void {
    if (this.body[name] === undefined || this.body[name] === null) {
      this.fault(name, null, "Member must not be null");
    }
  }

  /** @throws ApiError ValidationException that names every fault found */
  check(): void {
    const count = this.faults.length;
    if (count > 0) {
      const noun = count === 1 ? "error" : "errors";
      throw new ApiError(
        "ValidationException",
        `${count} validation ${noun} detected: ${this.faults.join("; ")}`,
      );
    }
  }

  private fault(name: string, value: unknown, rule: string): void {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    this.faults.push(`Value '${shown}' at '${member}' failed to satisfy constraint: ${rule}`);
  }
}
