import { type PolicyStatement, policyDocument } from "../../policyDocument";
import { readStreamStatements, type StreamAccess } from "../streamAccess";

/**
 * Exactly what Redshift needs to read one stream (Redshift developer guide, "Getting started with streaming ingestion
 * from Amazon Kinesis Data Streams", which asks for it on every stream).
 */
export function warehousePolicy(access: StreamAccess): string {
  return policyDocument([
    ...readStreamStatements(access),
    { Sid: "FindStream", Effect: "Allow", Action: "kinesis:ListStreams", Resource: "*" },
  ]);
}

/** Redshift assumes the role in both its names: a serverless workgroup in its own, a cluster in the older one. */
export function redshiftTrust(): string {
  return policyDocument(["redshift", "redshift-serverless"].map(statementOf));
}

/**
 * No condition on the account: only a namespace or a cluster of the role's own account can be given the role, and no
 * source of AWS's says which keys Redshift sends.
 */
function statementOf(service: string): PolicyStatement {
  return {
    Sid: service === "redshift" ? "Cluster" : "Serverless",
    Effect: "Allow",
    Principal: { Service: `${service}.amazonaws.com` },
    Action: "sts:AssumeRole",
  };
}
