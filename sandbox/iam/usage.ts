import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Grant } from "./authorizer";
import { log, messageOf } from "./log";
import type { Role } from "./roles";

/** An action of a statement, and whether a request was ever allowed by it. */
export interface GrantUse extends Grant {
  /** The resources of the statement, as it is written. */
  resources: string[];
  used: boolean;
}

/** What each role was granted, by the role's name. */
export type Privileges = Record<string, GrantUse[]>;

/** The file below a folder for privileges. */
export const PRIVILEGES = "privileges.json";

const SAVE_MS = 100;

interface Statement {
  Sid?: string;
  Effect?: string;
  Action?: string | string[];
  Resource?: string | string[];
}

/** Keeps what roles were granted and what was used of it, in a file; what an earlier process kept is gone on with. */
export class Usage {
  private readonly privileges: Privileges;
  private readonly files: string[];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param folder the state's
   * @param copy where else to write it: a file of its own, for whoever collects those of many sandboxes
   */
  constructor(folder: string, copy?: string) {
    const own = join(folder, PRIVILEGES);
    this.files = copy === undefined ? [own] : [own, copy];
    for (const file of this.files) {
      mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
    }
    this.privileges = existsSync(own) ? (JSON.parse(readFileSync(own, "utf8")) as Privileges) : {};
  }

  /** Takes down what a role's policies grant. */
  granted(name: string, { policies }: Role): void {
    for (const { name: policy, policy: document } of policies) {
      const { Statement = [] } = document as { Statement?: Statement | Statement[] };
      [Statement].flat().forEach(({ Sid, Effect, Action = [], Resource = [] }, index) => {
        for (const action of Effect === "Allow" ? [Action].flat() : []) {
          const grant = { policy, statement: Sid ?? String(index + 1), action };
          const use = this.find(name, grant) ?? this.add(name, { ...grant, resources: [], used: false });
          use.resources = [Resource].flat();
        }
      });
    }
    this.save();
  }

  /** Takes down that a request was allowed by these statements. */
  used(name: string, grants: Grant[]): void {
    for (const grant of grants) {
      const use = this.find(name, grant);
      if (use !== undefined && !use.used) {
        use.used = true;
        this.save();
      }
    }
  }

  /** Writes what is not written yet. */
  flush(): void {
    if (this.timer !== undefined) {
      clearTimeout(this.timer);
      this.write();
    }
  }

  private find(name: string, { policy, statement, action }: Grant): GrantUse | undefined {
    return this.privileges[name]?.find(
      (use) => use.policy === policy && use.statement === statement && use.action === action,
    );
  }

  private add(name: string, use: GrantUse): GrantUse {
    const uses = this.privileges[name] ?? [];
    this.privileges[name] = uses;
    uses.push(use);
    return use;
  }

  private save(): void {
    this.timer ??= setTimeout(() => this.write(), SAVE_MS);
  }

  private write(): void {
    this.timer = undefined;
    const text = JSON.stringify(this.privileges, null, 1);
    for (const file of this.files) {
      try {
        writeFileSync(`${file}.new`, text, { mode: 0o600 });
        renameSync(`${file}.new`, file);
      } catch (error) {
        log("error", `${file}: ${messageOf(error)}`);
      }
    }
  }
}
