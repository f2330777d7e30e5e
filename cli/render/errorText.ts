/**
 * An error as the user sees it. What rowstream or AWS say is one message and its remedy; anything else is a
 * fault of the program and comes with its stack.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) {
    return `error: ${String(error)}\n`;
  }
  const { remedy, $fault } = error as Error & { remedy?: string; $fault?: string };
  if (isExpected(error) || $fault !== undefined) {
    const name = $fault === undefined ? "" : `${error.name}: `;
    return `error: ${name}${error.message}\n${remedy === undefined ? "" : `  ${remedy}\n`}`;
  }
  return `error: ${error.stack ?? error.message}\n`;
}

const EXPECTED = new Set([
  "RowstreamError",
  "UsageError",
  "DeclinedError",
  "ProcessError",
  "SandboxError",
  "CredentialsProviderError",
]);

function isExpected(error: Error): boolean {
  return EXPECTED.has(error.name);
}
