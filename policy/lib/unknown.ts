import { UnknownValueError } from "@pulumi/policy";

/**
 * The value, or undefined where a preview does not know it yet. A policy that reads an unknown value without this is
 * not checked on that resource at all, and the engine lets it pass with an advisory.
 */
export function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

/** Whether a value is set. One that a preview does not know yet is: something will be there. */
export function isGiven(read: () => unknown): boolean {
  try {
    const value = read();
    return value !== undefined && value !== null && value !== "";
  } catch (error) {
    if (error instanceof UnknownValueError) return true;
    throw error;
  }
}
