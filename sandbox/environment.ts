/** The region that all of a sandbox is in. */
export const SANDBOX_REGION = "us-east-1";

/** Where the parts of a running sandbox are. */
export interface SandboxEndpoints {
  /** MiniStack's endpoint, for every service that has none of its own. */
  aws: string;
  dms: string;
  lambda: string;
  awsProviderPort: number;
  awsxProviderPort: number;
}

/** Where a sandbox's Pulumi keeps its things. */
export interface SandboxPulumi {
  /** The folder of the stack's state. */
  backend: string;
  /** The passphrase of its secrets. */
  passphrase: string;
  home: string;
  /** The stack's configuration file: never the user's Pulumi.<stack>.yaml. */
  configFile: string;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** @throws Error where an endpoint is not on this machine: what is done through it would be done to somebody's AWS */
function requireLoopback(name: string, endpoint: string): void {
  if (!URL.canParse(endpoint) || !LOOPBACK.has(new URL(endpoint).hostname)) {
    throw new Error(
      `${name} is "${endpoint}", which is not on this machine; the sandbox uses 127.0.0.1 only`,
    );
  }
}

/**
 * What AWS SDKs need to reach MiniStack and nothing else: no profile, no file and no metadata service can lead
 * them to a real account's credentials.
 */
export function awsEnvironment(endpoint: string): Record<string, string> {
  requireLoopback("AWS_ENDPOINT_URL", endpoint);
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: SANDBOX_REGION,
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** The environment that leads AWS SDKs, the Pulumi engine and the driver to a sandbox. */
export function sandboxEnvironment(
  endpoints: SandboxEndpoints,
  pulumi: SandboxPulumi,
): Record<string, string> {
  requireLoopback("AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE", endpoints.dms);
  requireLoopback("AWS_ENDPOINT_URL_LAMBDA", endpoints.lambda);
  return {
    ...awsEnvironment(endpoints.aws),
    AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE: endpoints.dms,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    // Beside each file of the state the backend would write one of its attributes, in place: cut off by a kill, it is
    // empty, and the state cannot be loaded for it. The state itself is replaced as a whole.
    PULUMI_BACKEND_URL: `file://${pulumi.backend}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: pulumi.passphrase,
    PULUMI_HOME: pulumi.home,
    PULUMI_OPTION_CONFIG_FILE: pulumi.configFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_PROVIDERS: `aws:${endpoints.awsProviderPort},awsx:${endpoints.awsxProviderPort}`,
  };
}
