import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RowstreamEvent } from "../../automation/events";
import { groupExists } from "../../sandbox/signals";
import { poll } from "../helpers/poll";
import type { Stage } from "./stage";

/**
 * Runs the driver in a process of its own that is killed when it reports an event. An engine that it leaves behind
 * finds its program gone and ends by itself, which is waited for: often it is cut off in
 * the middle of something.
 * @param type the type of the resource that the event is about. Default: any event of the code.
 * @returns whether it was killed; false where it ended before it came so far
 * @throws Error where the driver fails by itself
 */
export async function deployAndKill(
  stage: Stage,
  code: RowstreamEvent["code"],
  type?: string,
): Promise<boolean> {
  const file = join(stage.folder, "workspace.json");
  writeFileSync(file, JSON.stringify(stage.workspace(true)), { mode: 0o600 });
  const child = spawn(
    process.execPath,
    [join(__dirname, "runDeploy.js"), file, code, ...(type ? [type] : [])],
    {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  );
  let errors = "";
  child.stderr.on("data", (text: Buffer) => {
    errors += String(text);
  });
  const exit = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ code: exitCode, signal }));
  });
  const group = child.pid ?? 0;
  await poll("the engine to end", async () => !groupExists(group), 60_000);
  if (exit.signal !== "SIGKILL" && exit.code !== 0) {
    throw new Error(`the driver failed before ${code}: ${errors}`);
  }
  return exit.signal === "SIGKILL";
}
