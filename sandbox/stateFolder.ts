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

  /** What the last sandbox left: state it kept in order, pieces of one that was killed, or nothing. */
  get found(): "kept" | "pieces" | "nothing" {
    if (existsSync(this.at(KEPT))) {
      return "kept";
    }
    return this.contents().length > 0 ? "pieces" : "nothing";
  }

  /**
   * Takes up kept state. From then on it is pieces, should this sandbox be killed.
   * @param source what this sandbox replicates, without secrets
   * @throws Error where the kept state is of another source
   */
  takeUp(source: string): void {
    const kept = (JSON.parse(readFileSync(this.at(KEPT), "utf8")) as { source: string }).source;
    if (kept !== source) {
      throw new Error(
        `the state kept in ${this.path} is of ${kept}, and this sandbox is for ${source}; begin anew (rowstream sandbox --fresh) or remove that folder`,
      );
    }
    rmSync(this.at(KEPT));
  }

  /** Removes what the last sandbox left; the lock stays. */
  clear(): void {
    for (const name of this.contents()) {
      rmSync(this.at(name), { recursive: true, force: true });
    }
  }

  /** Leaves the state for the next sandbox. */
  keep(source: string): void {
    writeFileSync(this.at(KEPT), JSON.stringify({ source }), { mode: 0o600 });
  }

  /** Removes the folder and all in it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private contents(): string[] {
    return readdirSync(this.path).filter((name) => name !== LOCK);
  }
}
