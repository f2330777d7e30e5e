import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { DmsService } from "./service";
import { Fault, unknownOperation } from "./wire/fault";
import type { Operation } from "./wire/operation";

const TARGET_PREFIX = "AmazonDMSv20160101.";

/** More than the 2 MB that table mappings may have. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The operations: one a file of `actions/`, named as its file. */
export function loadOperations(): Map<string, Operation> {
  const folder = join(__dirname, "actions");
  const operations = new Map<string, Operation>();
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith(".js")) {
      const name = file.slice(0, -3);
      const exported: Record<string, Operation | undefined> = require(join(folder, file));
      const found = exported[name];
      if (found === undefined) {
        throw new Error(`actions/${file} does not export ${name}`);
      }
      operations.set(name.charAt(0).toUpperCase() + name.slice(1), found);
    }
  }
  return operations;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) {
      throw new Fault(
        "RequestEntityTooLargeException",
        `the request is larger than ${MAX_BODY_BYTES} bytes`,
        413,
      );
    }
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
  } catch {
    throw new Fault("SerializationException", "the request's body is not JSON");
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.1",
    "content-length": Buffer.byteLength(text),
    "x-amzn-requestid": randomUUID(),
  });
  response.end(text);
}

/** AWS DMS's wire protocol (AWS JSON 1.1) in front of a service. */
export function createDmsServer(service: DmsService): Server {
  const operations = loadOperations();

  async function handle(request: IncomingMessage): Promise<object> {
    const target = request.headers["x-amz-target"];
    const name =
      typeof target === "string" && target.startsWith(TARGET_PREFIX)
        ? target.slice(TARGET_PREFIX.length)
        : "";
    const operation = operations.get(name);
    if (request.method !== "POST" || operation === undefined) {
      throw unknownOperation(name === "" ? `${request.method} ${request.url}` : name, [...operations.keys()]);
    }
    return operation.handle(await readBody(request), service);
  }

  return createServer((request, response) => {
    handle(request).then(
      (body) => answer(response, 200, body),
      (error: unknown) => {
        const fault =
          error instanceof Fault ? error : new Fault("InternalFailure", "the DMS stand-in failed", 500);
        if (fault !== error) {
          service.log.error("a request failed", error);
        }
        answer(response, fault.status, { __type: fault.code, message: fault.message });
      },
    );
  });
}
