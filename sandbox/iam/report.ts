import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UNUSED_GRANTS } from "./unusedGrants";
import type { Privileges } from "./usage";

/** An action of a statement, over all roles of a kind. */
export interface ReportedGrant {
  role: string;
  statement: string;
  action: string;
  used: boolean;
  /** Why it is granted although nothing uses it; undefined where it is used, or where no reason is known. */
  reason?: string;
}

/**
 * What a role is for, whatever stack it is of: `fan-in`, `inspector`, `target`, `secret`, `heartbeat`, or its name where
 * that is AWS's.
 * Pulumi makes a name unique with seven hexadecimal digits, and rowstream begins it with the pipeline's.
 */
export function kindOf(roleName: string): string {
  const name = roleName.replace(/-[0-9a-f]{7}$/, "");
  return /-(fan-in|inspector|target|secret|heartbeat)$/.exec(name)?.[1] ?? name;
}

/** The roles' grants, those of one kind taken together: used where any of them was. */
export function summarize(all: readonly Privileges[]): ReportedGrant[] {
  const grants = new Map<string, ReportedGrant>();
  for (const [name, uses] of all.flatMap((privileges) => Object.entries(privileges))) {
    const role = kindOf(name);
    for (const { statement, action, used } of uses) {
      const key = JSON.stringify([role, statement, action]);
      const known = grants.get(key) ?? { role, statement, action, used: false };
      known.used ||= used;
      grants.set(key, known);
    }
  }
  for (const grant of grants.values()) {
    const excuse = UNUSED_GRANTS.find(
      ({ role, actions }) => role === grant.role && actions.includes(grant.action),
    );
    if (!grant.used && excuse !== undefined) {
      grant.reason = excuse.reason;
    }
  }
  return [...grants.values()];
}

/** What was kept in a folder, a file a sandbox; nothing where it is missing. */
export function readPrivileges(folder: string): Privileges[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Privileges);
}

/** The report's lines: each role's grants, those that nothing used with the reason. */
export function reportLines(grants: readonly ReportedGrant[]): string[] {
  const width = Math.max(...grants.map(({ action }) => action.length));
  const lines: string[] = [];
  for (const role of new Set(grants.map((grant) => grant.role))) {
    lines.push(role);
    for (const { action, statement, used, reason } of grants.filter((grant) => grant.role === role)) {
      const state = used ? "used" : `never used: ${reason ?? "NO REASON IS GIVEN"}`;
      lines.push(`  ${action.padEnd(width)}  ${statement}: ${state}`);
    }
  }
  const unused = grants.filter(({ used }) => !used);
  const unexplained = unused.filter(({ reason }) => reason === undefined);
  lines.push(
    `${grants.length} granted actions, ${unused.length} never used, ${unexplained.length} of them without a reason`,
  );
  return lines;
}
