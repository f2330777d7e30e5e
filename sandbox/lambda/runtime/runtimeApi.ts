import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The largest answer of a function, in bytes: 6 MB (AWS Lambda quotas, invocation payload). */
export const MAXIMUM_PAYLOAD_BYTES = 6_291_456;

/** One event on its way into a function's process. */
export interface RuntimeInvocation {
  requestId: string;
  functionArn: string;
  /** When the time is up, in milliseconds since 1970. */
  deadline: number;
  payload: string;
}

/** What the process in question does, as its owner hears of it. */
export interface RuntimeListener {
  /** It asks for its next event: it has started up, or is done with the last one. */
  onReady(): void;
  onResponse(requestId: string, payload: string): void;
  onError(requestId: string, payload: string): void;
  onInitError(payload: string): void;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const PREFIX = "/2018-06-01/runtime/";

/** The Lambda Runtime API for one function process (AWS Lambda developer guide), on a port of its own. */
export class RuntimeApi {
  private readonly server: Server;
  /** The process's request for an event. */
  private waiting: ServerResponse | undefined;
  /** An event that came before the process asked for it: it has answered the last one a moment ago. */
  private early: RuntimeInvocation | undefined;

  constructor(private readonly listener: RuntimeListener) {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
    this.server.keepAliveTimeout = 0;
  }

  /** Starts to listen. @returns `host:port`, the value of AWS_LAMBDA_RUNTIME_API */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", () => {
        resolve(`127.0.0.1:${(this.server.address() as AddressInfo).port}`);
      });
    });
  }

  /** Hands the process its next event, now or as soon as it asks for it. */
  deliver(invocation: RuntimeInvocation): void {
    const response = this.waiting;
    if (response === undefined) {
      this.early = invocation;
      return;
    }
    this.waiting = undefined;
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.requestId,
      "lambda-runtime-deadline-ms": String(invocation.deadline),
      "lambda-runtime-invoked-function-arn": invocation.functionArn,
    });
    response.end(invocation.payload);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").startsWith(PREFIX) ? (request.url ?? "").slice(PREFIX.length) : "";
    if (request.method === "GET" && path === "invocation/next") {
      this.waiting = response;
      const { early } = this;
      this.early = undefined;
      if (early === undefined) {
        this.listener.onReady();
      } else {
        this.deliver(early);
      }
      return;
    }
    const body = await readBody(request);
    const [, requestId, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (request.method === "POST" && requestId !== undefined) {
      // Answered first: the process is free again before its result is worked on.
      response.writeHead(202).end();
      if (kind === "response") {
        this.listener.onResponse(requestId, body);
      } else {
        this.listener.onError(requestId, body);
      }
    } else if (request.method === "POST" && path === "init/error") {
      response.writeHead(202).end();
      this.listener.onInitError(body);
    } else {
      response.writeHead(404).end();
    }
  }
}
