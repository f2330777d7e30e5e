import { existsSync, readFileSync } from "node:fs";
import { descendants } from "../../test/helpers/processes";

/** How often the processes are looked at, in milliseconds: seldom, for it takes time of the same processors. */
const LOOK_MS = 1000;

/** The unit of processor time in /proc: Linux shows programs 100 ticks a second, whatever its own clock does (time(7), USER_HZ). */
const TICKS_A_SECOND = 100;

/** What the processes of one part have used. */
export interface PartUse {
  /** Of all threads, in user and kernel mode, since each of the processes began. */
  cpuSeconds: number;
  /** The most memory that each of them held in RAM, added up. */
  peakMib: number;
}

/**
 * What processes below this one use, part by part, as /proc has it (proc(5)). They are looked at again and again, so
 * that one that ends is counted as it was last seen.
 */
export class ProcessMeter {
  private readonly seen = new Map<number, { part: string } & PartUse>();
  private readonly timer: NodeJS.Timeout;

  /**
   * @param parts a part's name and what its processes' command lines look like; the first that fits counts
   * @throws Error where there is no /proc
   */
  constructor(private readonly parts: Readonly<Record<string, RegExp>>) {
    if (!existsSync("/proc/self/stat")) {
      throw new Error(
        "what processes use is read from /proc, which this system does not have: run it on Linux",
      );
    }
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** What each part has used until now. */
  use(): Map<string, PartUse> {
    this.look();
    const sums = new Map<string, PartUse>(
      Object.keys(this.parts).map((part) => [part, { cpuSeconds: 0, peakMib: 0 }]),
    );
    for (const { part, cpuSeconds, peakMib } of this.seen.values()) {
      const sum = sums.get(part);
      if (sum !== undefined) {
        sum.cpuSeconds += cpuSeconds;
        sum.peakMib += peakMib;
      }
    }
    return sums;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const { pid, command } of descendants(process.pid)) {
      const part = Object.entries(this.parts).find(([, pattern]) => pattern.test(command))?.[0];
      const use = part === undefined ? undefined : useOf(pid);
      if (part !== undefined && use !== undefined) {
        this.seen.set(pid, { part, ...use });
      }
    }
  }
}

/** Undefined where the process has ended. */
function useOf(pid: number): PartUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The fields behind the command, which is in brackets and may hold anything: utime is the 14th of all, stime the 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return { cpuSeconds: ticks / TICKS_A_SECOND, peakMib: Number(peak ?? 0) / 1024 };
  } catch {
    return undefined;
  }
}
