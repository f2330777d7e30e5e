import type { Suite } from "mocha";
import { tools } from "./tools";

/** The server that set-up found or fetched. For use in {@link describeOnMariadb}. */
export function mariadbProgram(): string {
  const { mariadb } = tools();
  if (mariadb === null) {
    throw new Error("this machine has no MariaDB server: use describeOnMariadb");
  }
  return mariadb;
}

/** Tests that need a MariaDB server: skipped, and said to be, where set-up could have none. */
export function describeOnMariadb(title: string, define: (this: Suite) => void): void {
  if (tools().mariadb === null) {
    describe.skip(
      `${title} (skipped: this machine has no MariaDB server; \`npm test\` says how to get one)`,
      define,
    );
  } else {
    describe(title, define);
  }
}
