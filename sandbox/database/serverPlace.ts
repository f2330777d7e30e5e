import { createHash } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { isReachable, type SystemUser, serverUser } from "./serverUser";

/** Where a database server runs from and keeps its data, and as whom. */
export interface ServerPlace {
  /** The folder with its programs. */
  bin: string;
  /** The data folder, which may not exist yet. */
  dataDir: string;
  /** The user to run as; undefined where it is the sandbox's own. */
  user: SystemUser | undefined;
  /** A folder outside the state folder that goes with it; undefined where all is inside. */
  outside: string | undefined;
}

/**
 * A folder for what the server's user must reach while the state folder lies where only root may go (a checkout
 * under /root): always the same one for the same state folder. /var/tmp outlives a restart of the machine.
 */
function outsideFolder(stateDir: string): string {
  const base = existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  const name = createHash("sha256").update(realpathSync(stateDir)).digest("hex").slice(0, 16);
  return join(base, `rowstream-${name}`);
}

/** Copies a server (the folder above `bin`) to where its user can read it; kept for the next start. */
function copyServer(bin: string, target: string): string {
  if (!existsSync(target)) {
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    cpSync(dirname(bin), partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, target);
  }
  return join(target, basename(bin));
}

/** Makes the data folder for the server's user alone. */
export function makeDataFolder({ dataDir, user }: Pick<ServerPlace, "dataDir" | "user">): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (user !== undefined) {
    chownSync(dataDir, user.uid, user.gid);
  }
}

/**
 * Writes a file that the server's user alone reads: how a password reaches a server, since arguments can be read by
 * every user of the machine.
 */
export function writeForServer({ user }: Pick<ServerPlace, "user">, file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  if (user !== undefined) {
    chownSync(file, user.uid, user.gid);
  }
}

/**
 * Decides where a server's data lies and which user runs it, and makes the folder for it.
 * @param bin the folder with the server's programs
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
  makeDataFolder({ dataDir, user });
  return {
    bin: binReachable ? bin : copyServer(bin, join(outside, "server")),
    dataDir,
    user,
    outside: existsSync(outside) ? outside : undefined,
  };
}
