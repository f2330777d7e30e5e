import type { DoctorReport } from "../../automation/doctor/doctor";
import { countOf, type Finding } from "../../automation/doctor/finding";
import { aligned } from "./aligned";

/** What the doctor found, for people: what is said of several columns once, with its remedy; then the count. */
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

/** Findings as lines, with one heading for all subjects of which the same is said. */
export function findingLines(findings: readonly Finding[]): string[] {
  const groups = new Map<string, Finding[]>();
  for (const one of findings) {
    const key = JSON.stringify([one.code, one.what, one.remedy]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const cells = [...groups.values()].map(([first, ...others]) => [
    first?.severity ?? "",
    first?.code ?? "",
    [first, ...others].map((one) => one?.subject).join(", "),
  ]);
  const headings = aligned([["SEVERITY", "CODE", "SUBJECT"], ...cells]);
  const bodies = [...groups.values()].map(([first]) => [`    ${first?.what}`, `    → ${first?.remedy}`]);
  return findings.length === 0
    ? []
    : [headings[0] ?? "", ...bodies.flatMap((body, index) => [headings[index + 1] ?? "", ...body])];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
