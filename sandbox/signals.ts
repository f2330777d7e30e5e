function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    // EPERM: it is there, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Sends a signal to one process; false where there is no such process. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return send(pid, signal);
}

/** Sends a signal to every process of the group that `pid` leads; false where none is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return send(-pid, signal);
}

/** Whether a process of the group that `pid` leads is left. */
export function groupExists(pid: number): boolean {
  return send(-pid, 0);
}

/** Whether there is a process with this id. */
export function processExists(pid: number): boolean {
  return send(pid, 0);
}
