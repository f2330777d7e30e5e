import assert from "node:assert/strict";
import { commandLine, type Handlers } from "../../cli/commandLine";

/** What the command line makes of these words. @throws CommanderError for an option or a command that there is not */
export async function understood(
  words: string[],
): Promise<{ name: string; options: Record<string, unknown> }> {
  const called: { name: string; options: Record<string, unknown> }[] = [];
  const handlers = new Proxy({} as Handlers, {
    get: (_, name: string) => async (options: Record<string, unknown>) => void called.push({ name, options }),
  });
  await commandLine(handlers, "1.2.3").parseAsync(["node", "rowstream", ...words]);
  assert.equal(called.length, 1);
  return called[0] as (typeof called)[0];
}
