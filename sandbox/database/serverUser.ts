import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A user of this machine. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Who the server may run as when the sandbox itself runs as root, the best first. */
const CANDIDATES = ["postgres", "_postgres", "nobody", "daemon"];

/**
 * Picks the user for a database server's programs from the text of a passwd file. PostgreSQL's refuse to run as
 * root, and look their own user up by name, so a number that nobody bears would not do.
 */
export function pickServerUser(passwd: string): SystemUser | undefined {
  const users = passwd.split("\n").map((line) => line.split(":"));
  for (const candidate of CANDIDATES) {
    const found = users.find(([name]) => name === candidate);
    const uid = Number(found?.[2]);
    const gid = Number(found?.[3]);
    // macOS gives `nobody` the id -2, which spawn takes as an unsigned number.
    if (found !== undefined && Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0) {
      return { name: candidate, uid: uid >>> 0, gid: gid >>> 0 };
    }
  }
  return undefined;
}

/**
 * The user to run a database server as: undefined stands for the user that runs the sandbox, which is right for everyone
 * but root.
 */
export function serverUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const user = pickServerUser(readFileSync("/etc/passwd", "utf8"));
  if (user === undefined) {
    throw new Error(
      `a database server does not run as root, and this machine has none of the users ${CANDIDATES.join(", ")}; ` +
        "add one (useradd --system postgres) or run the sandbox as a user of your own",
    );
  }
  return user;
}

/** Whether a user that owns nothing of it could reach a path: search permission on it and on every folder above. */
export function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && statSync(folder).isDirectory() && (statSync(folder).mode & 0o001) === 0) {
      return false;
    }
    if (folder === dirname(folder)) {
      return true;
    }
  }
}
