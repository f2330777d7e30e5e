import { createInterface } from "node:readline/promises";
import type { Context } from "./context";
import { DeclinedError, UsageError } from "./errors";

/**
 * Makes sure somebody is there to ask.
 *
 * @throws UsageError without a terminal, unless `--yes` was given.
 */
export function requireConsent(yes: boolean | undefined): void {
  if (!yes && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UsageError(
      "there is no terminal to ask for confirmation",
      "add --yes to go ahead without a question",
    );
  }
}

/**
 * Asks a question that only "y" or "yes" answers with yes.
 *
 * @throws DeclinedError for any other answer.
 */
export async function confirm(context: Context, question: string): Promise<void> {
  context.progress.close();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: context.interrupt.signal });
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new DeclinedError("not confirmed: nothing was changed");
    }
  } finally {
    prompt.close();
  }
}
