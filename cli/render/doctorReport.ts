import type { DoctorReport } from "../../automation/doctor/doctor";
import { countOf, type Finding } from "../../automation/doctor/finding";
import { aligned } from "./aligned";

/** What the doctor found, for people: a line a finding with its remedy under it, then the count. */
export function doctorReport({ source, tables, findings }: DoctorReport): string {
  const counts = [
    counted(countOf(findings, "error"), "error"),
    counted(countOf(findings, "warning"), "warning"),
    `${countOf(findings, "info")} for information`,
  ];
  return [
    ...findingLines(findings),
    ...(findings.length > 0 ? [""] : []),
    `${source}, ${counted(tables, "table")}: ${findings.length === 0 ? "nothing to mend" : counts.join(", ")}`,
    "",
  ].join("\n");
}

/** Findings as lines. */
export function findingLines(findings: readonly Finding[]): string[] {
  const lines = aligned(findings.map(({ severity, code, subject }) => [severity, code, subject]));
  return findings.flatMap(({ what, remedy }, index) => [
    lines[index] ?? "",
    `    ${what}`,
    `    → ${remedy}`,
  ]);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
