const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** Where each AWS service is reached. */
export interface Endpoints {
  /** @param service the name that the AWS SDKs use in `AWS_ENDPOINT_URL_<SERVICE>`, for example `LAMBDA` */
  of(service: string): string;
}

/**
 * Reads `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`. Every one must be on this machine, and the first must be
 * there, so that no service is left to its real address: this provider deletes what it is told to delete.
 * @throws Error that names the variable at fault
 */
export function readEndpoints(environment: NodeJS.ProcessEnv): Endpoints {
  const general = environment.AWS_ENDPOINT_URL;
  if (!general) {
    throw new Error(
      "AWS_ENDPOINT_URL is not set; without it the provider stand-in would act on a real AWS account",
    );
  }
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith("AWS_ENDPOINT_URL") && value) {
      checkLoopback(name, value);
    }
  }
  return { of: (service) => environment[`AWS_ENDPOINT_URL_${service}`] || general };
}

function checkLoopback(name: string, value: string): void {
  if (!URL.canParse(value) || !LOOPBACK.test(new URL(value).hostname)) {
    throw new Error(
      `${name} is "${value}", which is not on this machine; the provider stand-in acts on http://127.0.0.1:<port> only`,
    );
  }
}
