import { hostname } from "node:os";
import type { EngineProblem } from "./engineEvents";
import { RowstreamError } from "./errors";

const ERROR_LINE = /^\s*(?:stderr: )?error: (.*)$/gm;
const LOCKED = /the stack is currently locked by|\[409\] Conflict: Another update is currently in progress/;
const LOCK_HOLDER = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/;
/** What a `file://` backend says of an empty file of attributes (Go CDK, fileblob); half a state reads otherwise. */
const CUT_OFF = /failed to load checkpoint: EOF/;
const NOT_FOUND = /no stack named .* found/;
const MAXIMUM_PROBLEMS = 10;

/** Who holds a stack's lock, as a self-managed backend records it. */
export interface LockHolder {
  user: string;
  host: string;
  pid: number;
  since: string;
}

/**
 * Makes one readable error of a failed run of the Pulumi CLI. The Automation API's own message is the command's
 * whole output, twice; the engine's events say what matters.
 *
 * @param what The run, as a noun phrase: "the update", "the preview".
 */
export function engineError(
  what: string,
  stack: string,
  error: unknown,
  problems: readonly EngineProblem[],
): RowstreamError {
  if (RowstreamError.is(error)) {
    return error;
  }
  const text = error instanceof Error ? error.message : String(error);
  if (LOCKED.test(text)) {
    const holder = lockHolder(text);
    const by = holder ? ` by ${holder.user}@${holder.host} (pid ${holder.pid}) since ${holder.since}` : "";
    return new RowstreamError(
      "StackLocked",
      "user",
      `stack "${stack}" is locked${by}: another update is running`,
      {
        remedy: "wait for it to end; if it is long dead, run `pulumi cancel` and try again",
        cause: error,
      },
    );
  }
  if (NOT_FOUND.test(text)) {
    return new RowstreamError("StackNotFound", "user", `there is no stack "${stack}"`, {
      remedy: "check --stack and the backend you are logged in to; `rowstream up` makes a stack",
      cause: error,
    });
  }
  if (CUT_OFF.test(text)) {
    return new RowstreamError(
      "UpdateFailed",
      "user",
      `the state of stack "${stack}" cannot be loaded: its backend was cut off while it wrote the file of attributes beside it`,
      {
        remedy: `remove the empty ${stack}.json.attrs from the backend's folder, and add ?metadata=skip to the backend's URL; the state itself is whole`,
        cause: error,
      },
    );
  }
  if (problems.length > 0) {
    const policyOnly = problems.every((problem) => problem.policy);
    return new RowstreamError(
      policyOnly ? "PolicyViolated" : "UpdateFailed",
      "user",
      `${what} of stack "${stack}" failed: ${problemList(problems)}`,
      { cause: error },
    );
  }
  return new RowstreamError(
    "UpdateFailed",
    "user",
    `${what} of stack "${stack}" failed: ${errorLine(text)}`,
    {
      cause: error,
    },
  );
}

/** The holder of the lock that a failed command met; undefined where the message names none. */
export function lockHolder(text: string): LockHolder | undefined {
  const match = LOCK_HOLDER.exec(text);
  if (!LOCKED.test(text) || !match) {
    return undefined;
  }
  const [, user = "", host = "", pid = "", since = ""] = match;
  return { user, host, pid: Number(pid), since };
}

/**
 * True where the process that took the lock ran on this machine and is gone: it can end no update any more.
 *
 * @param isAlive Whether a process of this machine exists.
 */
export function isStale(holder: LockHolder, isAlive: (pid: number) => boolean = processExists): boolean {
  return holder.host === hostname() && !isAlive(holder.pid);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function problemList(problems: readonly EngineProblem[]): string {
  const lines = problems
    .slice(0, MAXIMUM_PROBLEMS)
    .map(({ resource, message }) => (resource === undefined ? message : `${resource}: ${message}`));
  const more = problems.length - lines.length;
  if (more > 0) {
    lines.push(`and ${more} more`);
  }
  return lines.length === 1
    ? (lines[0] ?? "")
    : lines.map((line) => `\n  - ${line.replaceAll("\n", "\n    ")}`).join("");
}

function errorLine(text: string): string {
  const lines = [...text.matchAll(ERROR_LINE)].map((match) => match[1]?.trim() ?? "").filter(Boolean);
  return [...new Set(lines)].join("; ") || text.trim().split("\n").slice(0, 3).join(" ");
}
