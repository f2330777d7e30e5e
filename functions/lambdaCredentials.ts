import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * What the bundles have in place of the SDK's chain of credential providers (`@aws-sdk/credential-provider-node`): Lambda
 * gives a function its credentials by the environment, and the rest of the chain is a third of a client's code, which
 * every cold start would read.
 */
export const defaultProvider = fromEnv;
