import { createRequire } from "node:module";
import path from "node:path";
import { root } from "../lib/layout.mjs";

const require = createRequire(import.meta.url);

/** The report on the privileges that sandboxes recorded in a folder, as text; undefined where there are none. */
export function privilegesReport(folder) {
  const { readPrivileges, reportLines, summarize } = require(path.join(root, "dist/sandbox/iam/report.js"));
  const grants = summarize(readPrivileges(folder));
  return grants.length === 0 ? undefined : `${reportLines(grants).join("\n")}\n`;
}
