import { run } from "../lib/command.mjs";
import { findPrograms, isExecutable } from "../lib/findProgram.mjs";
import { isAtLeast } from "../lib/version.mjs";

/** The oldest that the page's tests run on. */
export const minimumChromium = "120";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Where the browsers are that are on nobody's PATH. */
const knownPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** An installed Chromium or Chrome that is new enough: {program, version}, or undefined. */
export async function findChromium(searchPath = process.env.PATH, places = knownPlaces) {
  const programs = names.flatMap((name) => findPrograms(name, searchPath));
  for (const program of [...programs, ...places.filter(isExecutable)]) {
    const version = await usableChromium(program);
    if (version) return { program, version };
  }
  return undefined;
}

/** What a browser says of itself ("156.0.8078.108"); undefined where it will not do. */
export async function usableChromium(program) {
  const result = await run(program, ["--version"], { timeoutSeconds: 10 });
  // Ubuntu's chromium-browser is a script that asks for a snap.
  const version =
    result.code === 0 ? /\b(?:Chromium|Chrome)\S* (\d[\d.]*)/.exec(result.stdout)?.[1] : undefined;
  return isAtLeast(version ?? "", minimumChromium) ? version : undefined;
}
