import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Puts a shell script in the place of a program, as `folder/name`; `body` is what it runs. */
export function fakeProgram(folder: string, name: string, body: string): string {
  const file = path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}
