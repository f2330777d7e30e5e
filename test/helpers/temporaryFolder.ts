import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder for one test; the test removes it. Other users may pass through it: PostgreSQL runs as another. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rowstream-test-"));
  chmodSync(folder, 0o711);
  return folder;
}
