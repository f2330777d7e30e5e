import assert from "node:assert/strict";
import type { Finding } from "../../automation/doctor/finding";

/** One prerequisite that is broken: by what statements, and what the doctor says of it. */
export interface BrokenPrerequisite {
  what: string;
  by: string;
  back?: string;
  finds: [code: string, subject: string];
  value: RegExp;
  remedy: RegExp;
  /** Who looks. Default: the superuser. */
  as?: "dms";
}

/** A server that is broken and examined. */
export interface Patient {
  execute(sql: string): Promise<unknown>;
  examine(as?: "dms"): Promise<readonly Finding[]>;
}

/** Breaks each prerequisite in turn, sees that the doctor finds it with its value and its remedy, and mends it. */
export async function assertEachFound(
  broken: readonly BrokenPrerequisite[],
  { execute, examine }: Patient,
): Promise<void> {
  for (const { what, by, back, finds, value, remedy, as } of broken) {
    await execute(by);
    const findings = await examine(as);
    if (back !== undefined) {
      await execute(back);
    }
    const found = findings.find(({ code, subject }) => code === finds[0] && subject === finds[1]);
    assert.ok(found, `${what}: not found among ${JSON.stringify(findings, null, 1)}`);
    assert.match(found.what, value, what);
    assert.match(found.remedy, remedy, what);
  }
}
