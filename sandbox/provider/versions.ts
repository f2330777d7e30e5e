import { readFileSync } from "node:fs";

/** The version of an installed package. */
export function versionOf(name: string): string {
  const text = readFileSync(require.resolve(`${name}/package.json`), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
