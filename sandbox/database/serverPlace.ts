import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isReachable, type SystemUser, serverUser } from "./serverUser";

/** Where PostgreSQL runs from and keeps its data, and as whom. */
export interface ServerPlace {
  /** The folder with `initdb` and `postgres`. */
  bin: string;
  /** The data folder, which may not exist yet. */
  dataDir: string;
  /** The user to run as; undefined where it is the sandbox's own. */
  user: SystemUser | undefined;
  /** A folder outside the state folder that goes with it; undefined where all is inside. */
  outside: string | undefined;
}

/**
 * A folder for what PostgreSQL's user must reach while the state folder lies where only root may go (a checkout
 * under /root): always the same one for the same state folder. /var/tmp outlives a restart of the machine.
 */
function outsideFolder(stateDir: string): string {
  const base = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  const name = createHash("sha256").update(realpathSync(stateDir)).digest("hex").slice(0, 16);
  return join(base, `rowstream-${name}`);
}

/** Copies a PostgreSQL (the folder above `bin`) to where its user can read it; kept for the next start. */
function copyServer(bin: string, target: string): string {
  if (!existsSync(target)) {
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    cpSync(dirname(bin), partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, target);
  }
  return join(target, "bin");
}

/**
 * Decides where PostgreSQL's data lies and which user runs it, and makes the folder for it.
 * @param bin the folder with PostgreSQL's programs
 * @param stateDir an existing folder; the data goes into its folder `data` where the server's user can reach it
 */
export function serverPlace(bin: string, stateDir: string): ServerPlace {
  const user = serverUser();
  if (user === undefined) {
    return { bin, dataDir: join(stateDir, "data"), user, outside: undefined };
  }
  const outside = outsideFolder(stateDir);
  const dataInside = isReachable(stateDir);
  const binReachable = isReachable(realpathSync(bin));
  if (!dataInside || !binReachable) {
    mkdirSync(outside, { recursive: true, mode: 0o711 });
  }
  const parent = dataInside ? stateDir : outside;
  const dataDir = join(parent, "data");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chownSync(dataDir, user.uid, user.gid);
  return {
    bin: binReachable ? bin : copyServer(bin, join(outside, "postgresql")),
    dataDir,
    user,
    outside: existsSync(outside) ? outside : undefined,
  };
}
