/** Errors that AWS blames on the caller although the same call may succeed a moment later. */
const PASSING = new Set([
  "ProvisionedThroughputExceededException",
  "KMSThrottlingException",
  "LimitExceededException",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestTimeout",
  "RequestTimeoutException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

const TOO_MANY_REQUESTS = 429;

/**
 * Whether trying again within this invocation is of no use: AWS refused the call for what it is (access denied, no
 * such stream, key disabled). The mapping's own retries, which are minutes apart, remain.
 */
export function isPermanentError(error: unknown): boolean {
  const { name, $fault, $metadata } = error as {
    name?: string;
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return $fault === "client" && !PASSING.has(name ?? "") && $metadata?.httpStatusCode !== TOO_MANY_REQUESTS;
}
