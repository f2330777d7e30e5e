import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RowstreamEvent } from "../../automation/events";
import type { Stage } from "./stage";

/**
 * Runs the driver in a process of its own that is killed, with all that it has started, when it reports an event.
 * @param nth which event of that code, from 1 on
 * @returns whether it was killed; false where it ended before it came so far
 * @throws Error where the driver fails by itself
 */
export async function deployAndKill(
  stage: Stage,
  code: RowstreamEvent["code"],
  nth: number,
): Promise<boolean> {
  const file = join(stage.folder, "workspace.json");
  writeFileSync(file, JSON.stringify(stage.workspace(true)), { mode: 0o600 });
  const child = spawn(process.execPath, [join(__dirname, "runDeploy.js"), file, code, String(nth)], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let errors = "";
  child.stderr.on("data", (text: Buffer) => {
    errors += String(text);
  });
  const exit = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ code: exitCode, signal }));
  });
  if (exit.signal !== "SIGKILL" && exit.code !== 0) {
    throw new Error(`the driver failed before ${code}: ${errors}`);
  }
  return exit.signal === "SIGKILL";
}
