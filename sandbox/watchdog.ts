/**
 * The process that outlives a sandbox for a moment, to end what the sandbox started.
 *
 * PostgreSQL and MiniStack do not notice that their parent is gone. The sandbox tells this watchdog, by lines on
 * its standard input, which process groups live: `+ PID SIGNAL` for one that was started and the signal that
 * ends it in order, `- PID` for one that has ended. When that input closes, which the kernel does even for a
 * parent killed with SIGKILL, each group that is left gets its signal, and SIGKILL if it is still there after
 * the grace period.
 */
import { createInterface } from "node:readline";
import { groupExists, signalGroup, signalProcess } from "./signals";

/** How long a group may take to end in order once the sandbox is gone, in milliseconds. */
const GRACE_MS = 5_000;

const POLL_MS = 50;

const groups = new Map<number, NodeJS.Signals>();

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function left(): number[] {
  return [...groups.keys()].filter(groupExists);
}

async function endAll(): Promise<void> {
  for (const [pid, signal] of groups) {
    signalProcess(pid, signal);
  }
  const deadline = Date.now() + GRACE_MS;
  while (left().length > 0 && Date.now() < deadline) {
    await pause(POLL_MS);
  }
  for (const pid of left()) {
    signalGroup(pid, "SIGKILL");
  }
}

// A signal meant for the sandbox's terminal or service must not end the watchdog before its work is done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => undefined);
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [change, pid, signal] = line.split(" ");
    if (change === "+") {
      groups.set(Number(pid), signal as NodeJS.Signals);
    } else {
      groups.delete(Number(pid));
    }
  })
  .on("close", () => {
    endAll().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
