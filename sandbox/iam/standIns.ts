import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StandInName } from "./operations/call";

/** Where the stand-ins are. They reach AWS through the gateway, and so are started after it: it is told by a file. */
const FILE = "standIns.json";

/** Tells the gateway where the stand-ins are. @param stateDir the gateway's */
export function writeStandIns(stateDir: string, endpoints: Readonly<Record<StandInName, string>>): void {
  writeFileSync(join(stateDir, FILE), JSON.stringify(endpoints), { mode: 0o600 });
}

/** Where the stand-ins are. @throws Error before they are up */
export function readStandIns(stateDir: string): Record<StandInName, string> {
  return JSON.parse(readFileSync(join(stateDir, FILE), "utf8"));
}
