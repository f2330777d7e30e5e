import type { AwsHttp } from "../awsHttp";
import type { FunctionStore } from "./functionStore";
import type { MappingRunner } from "./mapping/mappingRunner";
import type { MappingStore } from "./mapping/mappingStore";
import type { RoleSessions } from "./roleSessions";
import type { FunctionRuntime } from "./runtime/functionRuntime";
import type { Settings } from "./settings";

/** What every operation works with. */
export interface LambdaService {
  settings: Settings;
  aws: AwsHttp;
  sessions: RoleSessions;
  functions: FunctionStore;
  runtime: FunctionRuntime;
  mappings: MappingStore;
  runner: MappingRunner;
  /** The address of this server, such as http://127.0.0.1:4567. */
  address(): string;
}

/** A request of the Lambda API, taken apart. */
export interface ApiRequest {
  /** The labels of the path, decoded. */
  path: Record<string, string>;
  query: URLSearchParams;
  headers: NodeJS.Dict<string | string[]>;
  /** The body as it came. */
  text: string;
  /** The body as a JSON object; an empty one where there is no body. */
  body: Record<string, unknown>;
}

/** An answer: a JSON object, or one whose body and headers are set by hand. */
export interface ApiResponse {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON; nothing where it is absent. */
  body?: object;
  /** Sent as it is, in place of `body`. */
  raw?: string | Buffer;
}

/** One operation of the API: where it is found and what it does. */
export interface Operation {
  /** As in the API reference. */
  name: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** With labels, such as `/2015-03-31/functions/{FunctionName}`. */
  path: string;
  /** Set where the address alone is the permission, as with a presigned address of S3. */
  presigned?: true;
  handle(request: ApiRequest, service: LambdaService): ApiResponse | Promise<ApiResponse>;
}

/** The label of a path; the router has made sure that it is there. */
export function label(request: ApiRequest, name: string): string {
  return request.path[name] ?? "";
}
