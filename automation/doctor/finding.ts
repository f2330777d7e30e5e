import { FINDINGS, type FindingCode } from "./findingCodes";

/** `error`: it will not work. `warning`: it works, and loses or delays something. `info`: good to know. */
export type Severity = "error" | "warning" | "info";

/** One thing that the doctor found. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** What it is about: `schema.table`, `schema.table.column`, or a setting's name. */
  subject: string;
  /** What is wrong, with the value found. */
  what: string;
  /** The statement or the setting that mends it. */
  remedy: string;
}

/** A finding with the severity of its code. */
export function finding(code: FindingCode, subject: string, what: string, remedy: string): Finding {
  return { code, severity: FINDINGS[code].severity, subject, what, remedy };
}

const ORDER: readonly Severity[] = ["error", "warning", "info"];

/** Errors first; among equals the order in which they were found. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** How many findings there are of a severity. */
export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((one) => one.severity === severity).length;
}
