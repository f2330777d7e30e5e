import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tools } from "../../sandbox/tools";

/** The checkout's root, seen from the compiled test (`dist/test/helpers`). */
export const ROOT = join(__dirname, "..", "..", "..");

/** The programs that tests and benches use: a sandbox's, a second database server, a browser, and a peer. */
export interface TestTools extends Tools {
  /** `mariadbd` or `mysqld`; null where set-up could have none, or was not asked to (`npm test` asks). */
  mariadb: string | null;
  /** Chromium, or Chrome; null likewise. */
  chromium: string | null;
  /** A JDK and Flink's jars; null likewise. */
  flink: { java: string; libraries: string } | null;
  /**
   * Debezium Server's folder and the Java that runs it; null likewise, and left out by an older set-up (`npm run bench`
   * asks).
   */
  debezium?: { home: string; java: string } | null;
}

/** The programs that set-up found or fetched. */
export function tools(): TestTools {
  const file = join(ROOT, ".rowstream", "tools.json");
  if (!existsSync(file)) {
    throw new Error(`${file} is missing: run \`npm run setup\` first`);
  }
  return JSON.parse(readFileSync(file, "utf8")) as TestTools;
}

/** The folder with PostgreSQL's programs. */
export function postgresBin(): string {
  return tools().postgresBin;
}
