import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Says that a sandbox ended in order and left its state for the next one, and what that state is of. */
const KEPT = "kept.json";

/** The lock stays while the rest is cleared: it is held. */
const LOCK = "lock.json";

/**
 * The folder of a sandbox's state. State outlives a sandbox only by an orderly end: MiniStack writes its own when
 * it ends, so what a killed sandbox leaves does not fit together, and goes.
 */
export class StateFolder {
  readonly path: string;

  /** Makes the folder where it is missing. */
  constructor(path: string) {
    this.path = path;
    // PostgreSQL, which may run as another user, must pass; the names inside are for the owner alone.
    mkdirSync(path, { recursive: true, mode: 0o711 });
  }

  /** The path of something in it. */
  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  get lockFile(): string {
    return this.at(LOCK);
  }

  /**
   * Takes up the state that the last sandbox kept, or clears what a killed one left.
   * @param source what this sandbox replicates, without secrets
   * @returns `kept`, `cleared`, or `empty` where there was nothing
   * @throws Error where the kept state is of another source
   */
  open(source: string): "kept" | "cleared" | "empty" {
    const marker = this.at(KEPT);
    if (existsSync(marker)) {
      const kept = (JSON.parse(readFileSync(marker, "utf8")) as { source: string }).source;
      if (kept !== source) {
        throw new Error(
          `the state kept in ${this.path} is of ${kept}, and this sandbox is for ${source}; remove that folder to begin anew`,
        );
      }
      rmSync(marker);
      return "kept";
    }
    return this.clear() ? "cleared" : "empty";
  }

  /** Leaves the state for the next sandbox. */
  keep(source: string): void {
    writeFileSync(this.at(KEPT), JSON.stringify({ source }), { mode: 0o600 });
  }

  /** Removes the folder and all in it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private clear(): boolean {
    const names = readdirSync(this.path).filter((name) => name !== LOCK);
    for (const name of names) {
      rmSync(this.at(name), { recursive: true, force: true });
    }
    return names.length > 0;
  }
}
