/**
 * A fault that the user can mend: its message says what is missing, where, and the remedy. It is printed without
 * a stack, unlike any other error, which is a fault of this code.
 */
export class Failure extends Error {
  name = "Failure";
}

/** Runs a script's main function; a Failure becomes one `error:` line and exit code 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const text = error instanceof Failure ? error.message : (error?.stack ?? String(error));
    process.stderr.write(`error: ${text}\n`);
    process.exitCode = 1;
  }
}
