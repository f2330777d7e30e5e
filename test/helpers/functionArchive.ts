import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedResource } from "./mocks";

/** A function's archive's entries: texts by their content, folders and files by their path. */
export function archiveOf(fn: RecordedResource): Record<string, { text?: string; path?: string }> {
  return (fn.inputs.code as { assets: Record<string, { text?: string; path?: string }> }).assets;
}

/** The text of `__index.js` as Pulumi ships it. */
export function codeOf(fn: RecordedResource): string {
  return archiveOf(fn)["__index.js"]?.text ?? "";
}

/** Runs a function's shipped text in a folder shaped like its zip, with the project's bundles. */
export async function runShipped(fn: RecordedResource, project: string, event: unknown): Promise<unknown> {
  const zip = mkdtempSync(join(tmpdir(), "rowstream-zip-"));
  try {
    writeFileSync(join(zip, "__index.js"), codeOf(fn));
    cpSync(join(project, "dist/lambda"), join(zip, "dist/lambda"), { recursive: true });
    const { handler } = createRequire(join(zip, "/"))("./__index.js");
    return await handler(event);
  } finally {
    rmSync(zip, { recursive: true, force: true });
  }
}
