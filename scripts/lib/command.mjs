import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Failure } from "./failure.mjs";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const running = new Set();

/**
 * Runs a program to its end and returns {code, stdout, stderr}; a program that cannot be started has code 127 and
 * its reason in stderr. Its input is empty. It leads a process group of its own, which is ended with this process
 * by a signal, so that an interrupted set-up leaves no compiler running.
 */
export function run(program, args, { cwd, env = process.env, timeoutSeconds, onOutput } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) {
      child[name].setEncoding("utf8").on("data", (text) => {
        output[name] += text;
        onOutput?.(text);
      });
    }
    const timer =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => {
            output.stderr += `\nno answer in ${timeoutSeconds} s`;
            endGroup(child, "SIGKILL");
          }, timeoutSeconds * 1000);
    track(child);
    const finish = (code) => {
      clearTimeout(timer);
      untrack(child);
      resolve({ code, ...output });
    };
    child.on("error", (error) => {
      output.stderr += error.message;
      finish(127);
    });
    child.on("close", (code, signal) => finish(code ?? 128 + constants.signals[signal]));
  });
}

/** As run, but a non-zero exit is a Failure that names the task and ends with the last lines of its output. */
export async function runOrFail(task, program, args, options = {}) {
  const result = await run(program, args, options);
  if (result.code !== 0) {
    const exit = result.code === 127 ? "could not be run" : `ended with exit code ${result.code}`;
    throw new Failure(`${task} failed: ${program} ${exit}\n${tail(result.stderr || result.stdout)}`);
  }
  return result;
}

/** The last lines of a program's output, indented. */
export function tail(text, count = 20) {
  return text
    .trimEnd()
    .split("\n")
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}

function track(child) {
  if (running.size === 0) for (const signal of signals) process.on(signal, endAll);
  running.add(child);
}

function untrack(child) {
  running.delete(child);
  if (running.size === 0) for (const signal of signals) process.off(signal, endAll);
}

function endAll(signal) {
  for (const child of running) endGroup(child, "SIGTERM");
  for (const name of signals) process.off(name, endAll);
  process.kill(process.pid, signal);
}

function endGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
