import { EXIT } from "./exitCodes";

/** What the outside world asked of this process. */
export interface Interrupt {
  /** Fires on the first Ctrl-C or SIGTERM: finish what is under way, begin nothing new. */
  signal: AbortSignal;
  /** The exit code that goes with it; undefined while nothing was asked. */
  exitCode(): number | undefined;
}

/** Listens for Ctrl-C, SIGTERM and SIGHUP. The first asks, the second ends the process at once. */
export function listenForInterrupt(say: (text: string) => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const listen = (signal: NodeJS.Signals, code: number) => {
    process.on(signal, () => {
      if (exitCode !== undefined) {
        process.exit(code);
      }
      exitCode = code;
      say("stopping in order; once more to stop at once");
      controller.abort();
    });
  };
  listen("SIGINT", EXIT.interrupted);
  listen("SIGTERM", EXIT.terminated);
  listen("SIGHUP", EXIT.terminated);
  return { signal: controller.signal, exitCode: () => exitCode };
}
