import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readJson } from "../lib/files.mjs";
import { root } from "../lib/layout.mjs";

const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
const reporter = fileURLToPath(new URL("countingReporter.cjs", import.meta.url));

/** Runs a program of the project with the user's terminal and resolves to its exit code. */
export function runVisibly(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: "inherit" });
    const forward = (signal) => child.kill(signal);
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward);
    // Ctrl-C reaches the child from the terminal; this process waits for it to end and reports.
    const wait = () => {};
    process.on("SIGINT", wait);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const name of ["SIGTERM", "SIGHUP"]) process.off(name, forward);
      process.off("SIGINT", wait);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/**
 * Runs one mocha suite and resolves to {passed, failed, skipped, failures, code}; `failures` names what failed, a
 * line each. A run that ends badly without a failed test (a file that does not load, a crash) counts as one failure.
 */
export async function runSuite(suite, specs, options) {
  const folder = mkdtempSync(path.join(tmpdir(), "rowstream-test-"));
  const counts = path.join(folder, "counts.json");
  try {
    const settings = ["--config", `test/mocharc.${suite}.yaml`, "--reporter", reporter];
    const report = ["--reporter-option", `counts=${counts}`];
    const code = await runVisibly(process.execPath, [mocha, ...settings, ...report, ...options, ...specs]);
    const counted = readJson(counts) ?? { passed: 0, failed: 0, skipped: 0, failures: [] };
    if (code !== 0 && counted.failed === 0)
      return { ...counted, failed: 1, failures: [`ended with code ${code} and no failed test`], code };
    return { ...counted, code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
