import path from "node:path";
import { run } from "../lib/command.mjs";
import { expandPlace, findPrograms, isExecutable } from "../lib/findProgram.mjs";
import { isAtLeast } from "../lib/version.mjs";

/** Where packagers put Java; `*` stands for one folder name, mostly the version. */
const knownPlaces = [
  "/usr/lib/jvm/*/bin/java", // Debian, Ubuntu, Fedora, Adoptium's packages
  "/Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java", // macOS
  "/opt/homebrew/opt/openjdk@*/bin/java", // Homebrew, Apple silicon
  "/usr/local/opt/openjdk@*/bin/java", // Homebrew, Intel
  `${process.env.HOME}/.sdkman/candidates/java/*/bin/java`,
];

/**
 * An installed Java of that version or newer: {program, version}, or undefined. That of JAVA_HOME wins, then the one on
 * PATH, then any in the known places.
 */
export async function findJava(
  minimum,
  { searchPath = process.env.PATH, javaHome = process.env.JAVA_HOME, places = knownPlaces } = {},
) {
  const programs = [
    ...(javaHome ? [path.join(javaHome, "bin", "java")] : []),
    ...findPrograms("java", searchPath),
    ...places.flatMap(expandPlace),
  ];
  for (const program of new Set(programs.filter(isExecutable))) {
    const version = await javaVersion(program);
    if (isAtLeast(version ?? "", minimum)) return { program, version };
  }
  return undefined;
}

/** What a Java says of itself, on its standard error: `openjdk version "21.0.4" 2024-07-16`. */
async function javaVersion(program) {
  const result = await run(program, ["-version"], { timeoutSeconds: 20 });
  return result.code === 0 ? /version "(\d[\w.]*)/.exec(result.stderr)?.[1] : undefined;
}
