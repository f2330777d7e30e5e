import { markers, row, withGenerated } from "./generated.mjs";

const MARKERS = markers("doctorDocs.mjs", "automation/doctor/findingCodes.ts");

/** The page with the table of every finding's code, from `FINDINGS`. */
export function withFindings(page, findings) {
  const head = ["code", "severity", "what it means", "what mends it"];
  const rows = Object.entries(findings).map(([code, { severity, meaning, remedy }]) =>
    row([`\`${code}\``, severity, meaning, remedy]),
  );
  const table = [row(head), row(head.map(() => "---")), ...rows].join("\n");
  return withGenerated(page, table, MARKERS);
}
