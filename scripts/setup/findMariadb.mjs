import { realpathSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/command.mjs";
import { readIfPresent } from "../lib/files.mjs";
import { expandPlace, findPrograms, isExecutable } from "../lib/findProgram.mjs";
import { compareVersions, isAtLeast, parseVersion } from "../lib/version.mjs";

/** The oldest servers the tests run on: binlog_row_metadata came with them. */
export const minimumMariadb = "10.5";
export const minimumMysql = "8.0.1";

/** Where packagers put the server, mostly off a user's PATH; `*` stands for a part of one folder name. */
const knownPlaces = [
  "/usr/sbin", // Debian, Ubuntu
  "/usr/libexec", // Fedora, RHEL
  "/usr/bin", // Alpine, Arch
  "/usr/local/sbin",
  "/usr/local/mysql/bin", // Oracle's installer
  "/usr/local/mariadb/bin",
  "/opt/homebrew/opt/mariadb*/bin", // Homebrew, Apple silicon
  "/usr/local/opt/mariadb*/bin", // Homebrew, Intel
  "/home/linuxbrew/.linuxbrew/opt/mariadb*/bin",
  "/opt/homebrew/opt/mysql*/bin",
  "/usr/local/opt/mysql*/bin",
  "/opt/local/lib/mariadb-*/bin", // MacPorts
];

/**
 * An installed server that is new enough: {program, version}, or undefined. The one on PATH wins, then the newest
 * in the known places; MariaDB before MySQL, which takes several times as long to make its data.
 */
export async function findMariadb(searchPath = process.env.PATH, places = knownPlaces) {
  const folders = places.flatMap(expandPlace);
  for (const name of ["mariadbd", "mysqld"]) {
    for (const program of findPrograms(name, searchPath)) {
      const version = await usableVersion(program);
      if (version) return { program, version };
    }
    const others = [];
    for (const program of folders.map((folder) => path.join(folder, name)).filter(isExecutable)) {
      const version = await usableVersion(program);
      if (version) others.push({ program, version });
    }
    if (others.length > 0) return others.sort((a, b) => compareServers(b, a))[0];
  }
  return undefined;
}

/** What a server program says of itself ("10.11.6-MariaDB", "8.0.36"); undefined where it will not do. */
export async function usableVersion(program) {
  const result = await run(program, ["--version"], { timeoutSeconds: 10 });
  const version = result.code === 0 ? /\bVer (\d\S*)/.exec(result.stdout)?.[1] : undefined;
  const minimum = version?.includes("MariaDB") ? minimumMariadb : minimumMysql;
  return isAtLeast(version ?? "", minimum) && !isConfined(program) ? version : undefined;
}

/**
 * Whether AppArmor keeps the program to the system's own data folder, as Ubuntu's mysqld is. MariaDB's packages come
 * with a profile that holds nothing but comments.
 */
export function isConfined(program, profiles = "/etc/apparmor.d") {
  const real = realpathSync(program);
  const profile = path.join(profiles, real.slice(1).replaceAll("/", "."));
  const text = readIfPresent(profile)?.toString() ?? "";
  return text.split("\n").some((line) => line.startsWith(real) || line.startsWith("profile "));
}

function compareServers(a, b) {
  return compareVersions(parseVersion(a.version), parseVersion(b.version));
}
