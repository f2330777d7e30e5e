import { RunError } from "@pulumi/pulumi";

/** One thing that is wrong with an argument. */
export interface Fault {
  /** The argument's path as the user wrote it, e.g. `source.port`. */
  readonly path: string;
  /** What is wrong: the value given, the values allowed, the remedy. */
  readonly problem: string;
}

/**
 * Collects what is wrong with a component's arguments, so that the user sees every fault in one run instead of one
 * a run. Pulumi prints a RunError's message alone, with no stack, which is what a user's own mistake deserves.
 */
export class Faults {
  private readonly list: Fault[] = [];

  /** @param prefix where the checked arguments sit in the user's own, e.g. `replication`; empty at the top. */
  constructor(private readonly prefix = "") {}

  /** The faults found so far, in the order in which they were found. */
  get found(): readonly Fault[] {
    return this.list;
  }

  /** Notes a fault at `path`, relative to the prefix. */
  add(path: string, problem: string): void {
    this.list.push({ path: [this.prefix, path].filter((part) => part !== "").join("."), problem });
  }

  /** Takes over the faults that the check of a nested component found. */
  addAll(faults: Faults): void {
    for (const fault of faults.found) this.add(fault.path, fault.problem);
  }

  /** Throws one pulumi.RunError that lists every fault; does nothing when there is none. */
  throwIfAny(subject: string): void {
    if (this.list.length === 0) return;
    const count = this.list.length === 1 ? "1 fault" : `${this.list.length} faults`;
    throw new RunError(
      [`${subject} has ${count}:`, ...this.list.map((f) => `  ${f.path}: ${f.problem}`)].join("\n"),
    );
  }
}
