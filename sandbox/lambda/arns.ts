import { ApiError } from "./apiError";
import { ACCOUNT_ID } from "./settings";

/** The ARN of a function in the sandbox. */
export function functionArn(region: string, name: string): string {
  return `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}`;
}

/** The ARN of an event source mapping in the sandbox. */
export function mappingArn(region: string, uuid: string): string {
  return `arn:aws:lambda:${region}:${ACCOUNT_ID}:event-source-mapping:${uuid}`;
}

const FUNCTION_NAME =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:|)(?:\d{12}:|)(?:function:|)(?<name>[A-Za-z0-9_-]{1,64})(?::(?<qualifier>\$LATEST|[A-Za-z0-9_-]+))?$/;

/**
 * The name of a function from any of the forms that the API takes: name, partial ARN, ARN, each with or without
 * a qualifier. Versions and aliases other than $LATEST do not exist in the sandbox.
 * @throws ApiError ValidationException or ResourceNotFoundException
 */
export function functionName(identifier: string): string {
  const match = FUNCTION_NAME.exec(identifier)?.groups;
  if (match?.name === undefined) {
    throw new ApiError(
      "ValidationException",
      `1 validation error detected: Value '${identifier}' at 'functionName' failed to satisfy constraint: ` +
        "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?" +
        "([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
    );
  }
  if (match.qualifier !== undefined && match.qualifier !== "$LATEST") {
    throw new ApiError("ResourceNotFoundException", `Function not found: ${identifier}`);
  }
  return match.name;
}

/** The parts of an ARN that the stand-in looks at. */
export interface Arn {
  service: string;
  region: string;
  /** All that follows the account. */
  resource: string;
}

/** Splits an ARN; undefined where the text is none. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:aws[a-z-]*:(?<service>[a-z0-9-]+):(?<region>[a-z0-9-]*):\d*:(?<resource>.+)$/.exec(
    text,
  )?.groups;
  return match === undefined
    ? undefined
    : { service: match.service ?? "", region: match.region ?? "", resource: match.resource ?? "" };
}
