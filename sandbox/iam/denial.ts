import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import type { Decision, Need } from "./authorizer";
import { type RoleSession, sessionArn } from "./caller";
import type { Service } from "./operations/call";

/** An answer that is not MiniStack's. */
export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** AWS's text for what a role is not allowed. */
export function denialMessage(session: RoleSession, need: Need, decision: Decision): string {
  return `User: ${sessionArn(session)} is not authorized to perform: ${need.action} on resource: ${need.resource} ${decision.reason}`;
}

/** A denial as the service would write it. */
export function denial(service: Service, need: Need, message: string): Answer {
  const ofKey = need.action.startsWith("kms:");
  return failure(service.protocol, "AccessDenied", message, ofKey ? service.keyDenied : undefined);
}

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/**
 * An error in a protocol's form.
 * @param code as the XML protocols have it; the JSON ones add `Exception`
 * @param jsonCode where a JSON service has a name of its own for it
 */
export function failure(
  protocol: Service["protocol"],
  code: string,
  message: string,
  jsonCode = `${code}Exception`,
): Answer {
  const id = randomUUID();
  const xml = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
  switch (protocol) {
    case "json":
      return {
        status: 400,
        headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": id },
        body: JSON.stringify({ __type: jsonCode, message }),
      };
    case "query":
      return {
        status: 403,
        headers: { "content-type": "text/xml", "x-amzn-requestid": id },
        body: `<ErrorResponse><Error><Type>Sender</Type>${xml}</Error><RequestId>${id}</RequestId></ErrorResponse>`,
      };
    case "s3":
      return {
        status: 403,
        headers: { "content-type": "application/xml", "x-amz-request-id": id },
        body: `<?xml version="1.0" encoding="UTF-8"?><Error>${xml}<RequestId>${id}</RequestId></Error>`,
      };
  }
}
