import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { groupExists, processExists } from "./signals";

/** How long a killed sandbox's watchdog may take to end what it left, in milliseconds: its own grace and a bit. */
const LEFTOVERS_MS = 8_000;

/** Who runs a sandbox in a state folder. */
interface Holder {
  pid: number;
  /** When that process began, in the system's own words: process ids are used again. */
  began: string | undefined;
  /** The process groups of its parts. */
  groups: number[];
}

/** When a process began; undefined where it is gone or the system does not say. */
function beginOf(pid: number): string | undefined {
  try {
    // Field 22 of proc(5) stat; the command in field 2 is in brackets and may hold anything.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    // No /proc here, or no such process.
  }
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    // Not there, or cut off while it was written.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  return processExists(holder.pid) && (holder.began === undefined || beginOf(holder.pid) === holder.began);
}

/** A state folder's lock: one sandbox at a time. */
export class Lock {
  private readonly file: string;
  private readonly holder: Holder = { pid: process.pid, began: beginOf(process.pid), groups: [] };

  private constructor(file: string) {
    this.file = file;
  }

  /**
   * Takes the lock; one that a dead sandbox left is taken over once its parts are gone.
   * @throws Error that names the process of a sandbox that lives
   */
  static async take(file: string): Promise<Lock> {
    const lock = new Lock(file);
    for (;;) {
      try {
        writeFileSync(file, JSON.stringify(lock.holder), { flag: "wx", mode: 0o600 });
        return lock;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
          throw error;
        }
      }
      const holder = readHolder(file);
      if (holder !== undefined && isAlive(holder)) {
        throw new Error(
          `a sandbox is running already in ${dirname(file)} (pid ${holder.pid}); end it first: kill ${holder.pid}`,
        );
      }
      await untilGone(holder?.groups ?? []);
      rmSync(file, { force: true });
    }
  }

  /** Notes the groups of the parts that run, for whoever finds this lock after a crash. */
  note(groups: number[]): void {
    this.holder.groups = groups;
    writeFileSync(this.file, JSON.stringify(this.holder), { mode: 0o600 });
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

/** Their watchdog ends them; nothing is killed here, since the numbers may be somebody else's by now. */
async function untilGone(groups: number[]): Promise<void> {
  const deadline = Date.now() + LEFTOVERS_MS;
  while (groups.some(groupExists) && Date.now() < deadline) {
    await pause(50);
  }
}
