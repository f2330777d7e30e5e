import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { run, tail } from "../lib/command.mjs";
import { Failure } from "../lib/failure.mjs";
import { makeFolder, writeAtomically } from "../lib/files.mjs";
import { display, toolsDir } from "../lib/layout.mjs";
import { unpackedLibraries, unpackPackages } from "./debianPackages.mjs";
import { findChromium, usableChromium } from "./findChromium.mjs";

const folder = path.join(toolsDir, "chromium");
const program = path.join(folder, "bin", "chromium");

/** The browser, and a font for its text. */
const packages = ["chromium", "fonts-liberation"];

/**
 * The browser for the tests of the live page: an installed one, else the distribution's package, unpacked into
 * .rowstream. Null where there is none and `fetch` is false, and where none can be had: those tests are then skipped.
 */
export async function installChromium(progress, fetch) {
  const installed = await findChromium();
  if (installed) {
    progress.done(`${installed.version}, ${installed.program}`);
    return installed.program;
  }
  if ((await usableChromium(program)) === undefined) {
    if (!fetch) return null;
    try {
      progress.doing("fetching the distribution's package for the tests (about 120 MB)");
      await makeFolder(folder, fetchPackages);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      progress.done(`none, so the tests that need it are skipped: ${error.message}. ${remedy()}`);
      return null;
    }
  }
  progress.done(`${await usableChromium(program)} in ${display(folder)}`);
  return program;
}

async function fetchPackages(temporary) {
  await unpackPackages(temporary, [packages]);
  const bin = path.join(temporary, "bin");
  mkdirSync(bin);
  writeAtomically(path.join(bin, "fonts.conf"), fontConfiguration());
  writeAtomically(path.join(bin, "chromium"), launcher(temporary));
  chmodSync(path.join(bin, "chromium"), 0o755);
  await tryOut(path.join(bin, "chromium"));
}

/** A browser that says its version may lack what it needs for a page. */
async function tryOut(browser) {
  if ((await usableChromium(browser)) === undefined) {
    throw new Failure("the distribution's package does not run unpacked");
  }
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
  ];
  const result = await run(browser, [...flags, "--dump-dom", "data:text/html,<p>here</p>"], {
    timeoutSeconds: 60,
  });
  if (!result.stdout.includes("<p>here</p>")) {
    throw new Failure(`the distribution's package does not show a page: ${tail(result.stderr, 1).trim()}`);
  }
}

/** A program that runs the unpacked browser from where it lies, with the libraries and fonts beside it. */
function launcher(unpacked) {
  // PulseAudio's package has a folder of its own for what its library needs.
  const libraries = unpackedLibraries(unpacked).flatMap((library) => [library, `${library}/pulseaudio`]);
  return [
    "#!/bin/sh",
    'here=$(cd "$(dirname "$0")/.." && pwd)',
    `export LD_LIBRARY_PATH="$here/usr/lib/chromium:${libraries.join(":")}"`,
    'export FONTCONFIG_FILE="$here/bin/fonts.conf"',
    'exec "$here/usr/lib/chromium/chromium" "$@"',
    "",
  ].join("\n");
}

/** The system's fonts, where it has any, and the unpacked ones. */
function fontConfiguration() {
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    "<fontconfig>",
    "  <dir>/usr/share/fonts</dir>",
    '  <dir prefix="relative">../usr/share/fonts</dir>',
    '  <cachedir prefix="xdg">fontconfig</cachedir>',
    "</fontconfig>",
    "",
  ].join("\n");
}

function remedy() {
  const command = process.platform === "darwin" ? "brew install --cask chromium" : "apt-get install chromium";
  return `To have one: \`${command}\`, or Google Chrome`;
}
