import { realpathSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/command.mjs";
import { expandPlace, findPrograms, isExecutable } from "../lib/findProgram.mjs";
import { compareVersions, isAtLeast, parseVersion } from "../lib/version.mjs";

/** The oldest PostgreSQL the sandbox runs on. */
export const minimumPostgres = "12";

/** Where packagers put PostgreSQL's programs; `*` stands for one folder name, mostly the version. */
const knownPlaces = [
  "/usr/lib/postgresql/*/bin", // Debian, Ubuntu, apt.postgresql.org
  "/usr/pgsql-*/bin", // yum.postgresql.org
  "/usr/libexec/postgresql*", // Alpine
  "/opt/homebrew/opt/postgresql@*/bin", // Homebrew, Apple silicon
  "/usr/local/opt/postgresql@*/bin", // Homebrew, Intel
  "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
  "/Applications/Postgres.app/Contents/Versions/*/bin",
  "/Library/PostgreSQL/*/bin", // EDB's installer
  "/opt/local/lib/postgresql*/bin", // MacPorts
  "/usr/local/pgsql/bin", // built from source
];

/**
 * An installed PostgreSQL that is new enough: {bin, version}, or undefined. The one on PATH wins, then the one
 * that pg_config names, then the newest in the known places.
 */
export async function findPostgres(searchPath = process.env.PATH, places = knownPlaces) {
  const preferred = [
    ...findPrograms("postgres", searchPath).map(homeOf),
    ...(await configuredPlaces(searchPath)),
  ];
  for (const bin of new Set(preferred)) {
    const version = await serverVersion(bin);
    if (isAtLeast(version ?? "", minimumPostgres)) return { bin, version };
  }
  const others = [];
  for (const bin of places.flatMap(expandPlace)) {
    const version = await serverVersion(bin);
    if (isAtLeast(version ?? "", minimumPostgres)) others.push({ bin, version });
  }
  return others.sort((a, b) => compareVersions(parseVersion(b.version), parseVersion(a.version)))[0];
}

/** The version of the server programs in a folder ("15.8"), or undefined where they are not whole or do not run. */
export async function serverVersion(bin) {
  if (!isExecutable(path.join(bin, "initdb"))) return undefined;
  const result = await run(path.join(bin, "postgres"), ["--version"], { timeoutSeconds: 10 });
  return result.code === 0 ? /\d[\w.]*/.exec(result.stdout)?.[0] : undefined;
}

/** The folder of a program: that of the file it links to, where the rest lies there too. */
function homeOf(program) {
  const home = path.dirname(realpathSync(program));
  return isExecutable(path.join(home, "initdb")) ? home : path.dirname(program);
}

async function configuredPlaces(searchPath) {
  const found = [];
  for (const program of findPrograms("pg_config", searchPath)) {
    const result = await run(program, ["--bindir"], { timeoutSeconds: 10 });
    if (result.code === 0) found.push(result.stdout.trim());
  }
  return found;
}
