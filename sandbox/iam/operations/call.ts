import type { Need } from "../authorizer";
import { ACCOUNT_ID, type RoleSession } from "../caller";
import type { Resources } from "../resources";

/** A request, as far as its authorization looks at it. */
export interface Call {
  session: RoleSession;
  region: string;
  method: string;
  /** The path, still encoded. */
  path: string;
  query: URLSearchParams;
  headers: NodeJS.Dict<string | string[]>;
  /** The operation of a JSON or Query protocol, for example `PutRecords`; empty with REST. */
  operation: string;
  /** The members of the request; empty with REST. */
  input: Record<string, unknown>;
}

/** What operations look up to know what they need. */
export interface World {
  resources: Resources;
  /** The stream that an iterator or a page token was given for; undefined where this process has not seen it. */
  streamOf(token: string): string | undefined;
}

/** An iterator or a token that was given by nobody, or so long ago that it is forgotten. */
export class UnknownToken extends Error {
  override name = "UnknownToken";
}

/**
 * What a caller must be allowed for a request: one entry an action and resource, with what AWS does in the caller's
 * name. Undefined for an operation that is not known here, which is denied.
 */
export type NeedsOf = (call: Call, world: World) => Promise<Need[] | undefined> | Need[] | undefined;

/** The stand-ins whose API roles use. */
export type StandInName = "dms" | "lambda";

/** A service that callers reach through the gateway. */
export interface Service {
  needs: NeedsOf;
  /** How it says that something went wrong. */
  protocol: "json" | "query" | "s3";
  /** Which stand-in it is, where it is not MiniStack's. */
  standIn?: StandInName;
  /** The name of its error where the use of a key was denied. Default: as any other denial. */
  keyDenied?: string;
}

/** The ARN of something in the sandbox's account. */
export function arnOf(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:${ACCOUNT_ID}:${resource}`;
}

/** A member that is text; empty where it is absent. */
export function text(input: Record<string, unknown>, member: string): string {
  const value = input[member];
  return typeof value === "string" ? value : "";
}
