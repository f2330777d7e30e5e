import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { OPERATIONS } from "./actions";
import { ApiError } from "./apiError";
import { log } from "./log";
import type { ApiRequest, ApiResponse, LambdaService, Operation } from "./operation";

/** The largest request that the API takes, in bytes (AWS's own message names this number). */
const MAXIMUM_REQUEST_BYTES = 70_167_211;

interface Route {
  operation: Operation;
  pattern: RegExp;
}

function routeOf(operation: Operation): Route {
  const pattern = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => `(?<${name}>[^/]+)`);
  return { operation, pattern: new RegExp(`^${pattern}/?$`) };
}

const ROUTES = OPERATIONS.map(routeOf);

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAXIMUM_REQUEST_BYTES) {
      throw new ApiError(
        "RequestTooLargeException",
        `Request must be smaller than ${MAXIMUM_REQUEST_BYTES} bytes for the operation`,
      );
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string, operation: Operation): Record<string, unknown> {
  // The body of Invoke is the event, not the operation's input.
  if (text === "" || operation.name === "Invoke") {
    return {};
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new ApiError(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiError(
      "InvalidRequestContentException",
      "Could not parse request body into json: not an object",
    );
  }
  return body as Record<string, unknown>;
}

/**
 * AWS asks for a signature, which is not checked here. That there must be one keeps a web page in the user's browser
 * from deploying code to this port: a page cannot send this header to another origin.
 */
function requireSignature(request: IncomingMessage, operation: Operation): void {
  if (operation.presigned !== true && !request.headers.authorization?.startsWith("AWS4-")) {
    throw new ApiError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
}

async function answer(request: IncomingMessage, service: LambdaService): Promise<ApiResponse> {
  const url = new URL(request.url ?? "/", "http://lambda");
  const text = await readBody(request);
  for (const { operation, pattern } of ROUTES) {
    const match = operation.method === request.method ? pattern.exec(url.pathname) : null;
    if (match !== null) {
      requireSignature(request, operation);
      const path = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      const body = parseBody(text, operation);
      const call: ApiRequest = { path, query: url.searchParams, headers: request.headers, text, body };
      return operation.handle(call, service);
    }
  }
  // AWS's answer to a path that is no operation of Lambda. The log says it in words of its own.
  log("warn", `${request.method} ${url.pathname} is no operation that the sandbox has`);
  throw new ApiError("AccessDeniedException", "Unable to determine service/operation name to be authorized");
}

function send(response: ServerResponse, { status = 200, headers = {}, body, raw }: ApiResponse): void {
  const content = raw ?? (body === undefined ? "" : JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(content),
    "x-amzn-requestid": randomUUID(),
    ...headers,
  });
  response.end(content);
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof ApiError ? error : new ApiError("ServiceException", "internal error");
  if (!(error instanceof ApiError)) {
    log("error", `internal error: ${error instanceof Error ? error.stack : String(error)}`);
  }
  send(response, { status: known.status, headers: { "x-amzn-errortype": known.code }, body: known.body() });
}

/** The HTTP server of the Lambda API: restJson1 as the AWS SDKs speak it. */
export function createLambdaServer(service: LambdaService): Server {
  const server = createServer((request, response) => {
    answer(request, service)
      .then((result) => send(response, result))
      .catch((error: unknown) => sendError(response, error));
  });
  // An invocation may take 15 minutes to answer.
  server.requestTimeout = 0;
  // Longer than clients keep an unused connection, so that none is closed just as it is used again.
  server.keepAliveTimeout = 65_000;
  return server;
}
