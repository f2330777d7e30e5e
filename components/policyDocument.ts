/** A statement of an IAM, key or bucket policy. */
export interface PolicyStatement {
  /** Names the statement in the console and in messages. */
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: { Service?: string; AWS?: string } | "*";
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** The JSON text of a policy. */
export function policyDocument(statements: PolicyStatement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Refuses whoever speaks no TLS: a statement of a resource's own policy. */
export function tlsOnly(action: string, resource: string | string[]): PolicyStatement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * The trust policy of a role that one AWS service assumes.
 *
 * @param sourceAccount only on behalf of this account, so that the service cannot be made to use the role for
 *   somebody else (the confused deputy); left out for services that send no such key.
 */
export function trustPolicy(service: string, sourceAccount?: string): string {
  return policyDocument([
    {
      Sid: "Service",
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      ...(sourceAccount === undefined
        ? {}
        : { Condition: { StringEquals: { "aws:SourceAccount": sourceAccount } } }),
    },
  ]);
}
