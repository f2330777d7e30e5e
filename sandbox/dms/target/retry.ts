const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** The work was given up because its task stops. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor() {
    super("interrupted");
  }
}

const FINAL = new Set([
  "AccessDeniedException",
  "ConditionalCheckFailedException",
  "ItemCollectionSizeLimitExceededException",
  "MissingAuthenticationTokenException",
  "NotAssumable",
  "ResourceInUseException",
  "ResourceNotFoundException",
  "SerializationException",
  "TransactionCanceledException",
  "UnrecognizedClientException",
  "UnknownOperationException",
  "ValidationException",
]);

/** Whether the same request may succeed later: throttling, faults of the server, the network. */
export function isTransient(error: unknown): boolean {
  return (
    !(error instanceof Interrupted) && !(error instanceof TypeError) && !FINAL.has((error as Error).name)
  );
}

/** Whether the role does not allow a request, or cannot be had. */
export function isDenied(error: unknown): boolean {
  return ["AccessDeniedException", "NotAssumable"].includes((error as Error).name);
}

/** Waits, or stops to wait when the signal comes. @throws Interrupted */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    throw new Interrupted();
  }
  await new Promise<void>((resolve, reject) => {
    const interrupt = () => {
      clearTimeout(timer);
      reject(new Interrupted());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", interrupt);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", interrupt, { once: true });
  });
}

/** The pause before another attempt: growing, with jitter. */
export function backoff(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/**
 * Repeats a request until it succeeds or fails for good: nothing that is only in the way for a while is a reason to
 * skip a row.
 * @param onRetry told of each failed attempt
 */
export async function persist<T>(
  request: () => Promise<T>,
  signal: AbortSignal,
  onRetry: (error: unknown, attempt: number) => void,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (signal.aborted) {
        throw new Interrupted();
      }
      if (!isTransient(error)) {
        throw error;
      }
      onRetry(error, attempt);
      await pause(backoff(attempt), signal);
    }
  }
}
