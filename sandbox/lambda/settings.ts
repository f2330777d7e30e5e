/** What the Lambda stand-in is told by its environment. */
export interface Settings {
  /** Where functions, mappings, checkpoints and function logs are kept. */
  stateDirectory: string;
  /** The port of 127.0.0.1 to listen on; 0 takes any. */
  port: number;
  region: string;
  /** The environment that functions share: endpoints, nothing of the user's; credentials are those of their roles. */
  functionEnvironment: Record<string, string>;
  /**
   * The endpoint of one service: `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`. `CLOUDWATCH` is where CloudWatch
   * keeps what it finds in logs, which it asks nobody's leave for: `ROWSTREAM_METRICS_URL`, of which functions are not
   * told.
   */
  endpointOf(service: string): URL;
}

/** The account that everything in the sandbox belongs to. */
export const ACCOUNT_ID = "000000000000";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new Error(
      `the environment variable ${name} is not set; the sandbox sets it when it starts this part`,
    );
  }
  return value;
}

function endpoint(name: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !LOOPBACK.has(url.hostname)) {
    throw new Error(
      `${name} is "${value}", which is not on this machine; the sandbox only talks to http://127.0.0.1:<port>`,
    );
  }
  return url;
}

function port(environment: NodeJS.ProcessEnv): number {
  const text = environment.ROWSTREAM_PORT ?? "0";
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new Error(`ROWSTREAM_PORT is "${text}"; it must be a port from 1 to 65535, or 0 for any`);
  }
  return value;
}

/**
 * Reads the settings from the environment.
 * `ROWSTREAM_STATE_DIR` and `AWS_ENDPOINT_URL` are required; `AWS_REGION` defaults to us-east-1,
 * `ROWSTREAM_PORT` to any free port and `ROWSTREAM_METRICS_URL` to `AWS_ENDPOINT_URL`.
 * @throws Error that names the variable at fault
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const stateDirectory = required(environment, "ROWSTREAM_STATE_DIR");
  required(environment, "AWS_ENDPOINT_URL");
  const endpoints = new Map<string, URL>();
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith("AWS_ENDPOINT_URL") && value) {
      endpoints.set(name, endpoint(name, value));
    }
  }
  const region = environment.AWS_REGION ?? "us-east-1";
  const metrics = endpoint(
    "ROWSTREAM_METRICS_URL",
    environment.ROWSTREAM_METRICS_URL || required(environment, "AWS_ENDPOINT_URL"),
  );
  return {
    stateDirectory,
    port: port(environment),
    region,
    functionEnvironment: {
      ...Object.fromEntries([...endpoints.keys()].map((name) => [name, environment[name] as string])),
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    endpointOf(service) {
      if (service === "CLOUDWATCH") {
        return metrics;
      }
      return endpoints.get(`AWS_ENDPOINT_URL_${service}`) ?? (endpoints.get("AWS_ENDPOINT_URL") as URL);
    },
  };
}
