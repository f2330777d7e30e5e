/**
 * What runs inside a function's process: a Lambda runtime for Node, speaking the Lambda Runtime API
 * (AWS Lambda developer guide, "Using the Lambda runtime API"). It loads the handler, asks for one invocation after
 * another, and reports results and errors. It needs nothing but Node: the function's own code and variables are
 * all there is in its process.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

type Callback = (error?: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: object, callback: Callback) => unknown;

interface Answer {
  headers: IncomingHttpHeaders;
  body: string;
}

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? "").split(":");
// One connection waits for the next event; an error outside of any event must not have to wait with it.
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const invocation = new AsyncLocalStorage<string>();
let currentRequestId: string | undefined;

function call(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, host, port, method, path: `/2018-06-01/runtime/${path}`, headers },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          if ((incoming.statusCode ?? 500) >= 300) {
            reject(new Error(`the Runtime API answered ${incoming.statusCode} to ${method} ${path}`));
          } else {
            resolve({ headers: incoming.headers, body: text });
          }
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function describe(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function reportError(path: string, error: unknown, errorType = describe(error).errorType): Promise<Answer> {
  const body = JSON.stringify({ ...describe(error), errorType });
  return call("POST", path, body, {
    "content-type": "application/json",
    "lambda-runtime-function-error-type": errorType,
  });
}

/** One line of the function's log: a time, the request it belongs to and a level, as the managed runtime writes it. */
function writeLog(level: string, ...parts: unknown[]): void {
  const id = invocation.getStore() ?? currentRequestId;
  process.stdout.write(`${new Date().toISOString()}\t${id}\t${level}\t${format(...parts)}\n`);
}

function patchConsole(): void {
  const levels = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE" };
  for (const [method, level] of Object.entries(levels)) {
    Object.assign(console, { [method]: (...parts: unknown[]) => writeLog(level, ...parts) });
  }
}

async function loadModule(root: string, file: string): Promise<Record<string, unknown>> {
  const load = createRequire(pathToFileURL(join(root, "bootstrap.js")));
  const path = join(root, file);
  try {
    return load(path) as Record<string, unknown>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_REQUIRE_ESM") {
      return (await import(pathToFileURL(load.resolve(path)).href)) as Record<string, unknown>;
    }
    if (code === "MODULE_NOT_FOUND" && (error as Error).message.includes(`'${path}'`)) {
      return (await import(pathToFileURL(`${path}.mjs`).href)) as Record<string, unknown>;
    }
    throw error;
  }
}

async function loadHandler(): Promise<Handler> {
  const root = process.env.LAMBDA_TASK_ROOT ?? "";
  const text = process.env._HANDLER ?? "";
  const match = /^(?<file>(?:.*\/)?[^./]+)\.(?<path>.+)$/.exec(text)?.groups;
  if (match?.file === undefined || match.path === undefined) {
    throw Object.assign(new Error(`Bad handler ${text}`), { name: "Runtime.MalformedHandlerName" });
  }
  let found: unknown = await loadModule(root, match.file);
  for (const name of match.path.split(".")) {
    found = (found as Record<string, unknown> | undefined)?.[name];
  }
  if (typeof found !== "function") {
    throw Object.assign(new Error(`${text} is undefined or not exported`), {
      name: "Runtime.HandlerNotFound",
    });
  }
  return found as Handler;
}

function contextOf(headers: IncomingHttpHeaders, requestId: string): object {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** Runs the handler in either of its forms: one that returns a promise, one that calls back. */
function run(handler: Handler, event: unknown, context: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const result = handler(event, context, (error, value) => {
      if (error === undefined || error === null) {
        resolve(value);
      } else {
        reject(error);
      }
    });
    if (typeof (result as Promise<unknown> | undefined)?.then === "function") {
      (result as Promise<unknown>).then(resolve, reject);
    }
  });
}

async function serve(handler: Handler): Promise<never> {
  for (;;) {
    const { headers, body } = await call("GET", "invocation/next");
    const id = String(headers["lambda-runtime-aws-request-id"]);
    currentRequestId = id;
    let result: string;
    try {
      const value = await invocation.run(id, async () =>
        run(handler, JSON.parse(body), contextOf(headers, id)),
      );
      result = JSON.stringify(value === undefined ? null : value);
    } catch (error) {
      writeLog("ERROR", "Invoke Error", JSON.stringify(describe(error)));
      await reportError(`invocation/${id}/error`, error);
      continue;
    }
    await call("POST", `invocation/${id}/response`, result, { "content-type": "application/json" });
  }
}

/** An error that no handler caught ends the process, and the invocation with it. */
function endOn(
  event: "uncaughtException" | "unhandledRejection",
  errorType: string | undefined,
  code: number,
): void {
  process.on(event, (error: unknown) => {
    const report = currentRequestId === undefined ? "init/error" : `invocation/${currentRequestId}/error`;
    const exit = () => process.exit(code);
    reportError(report, error, errorType).then(exit, exit);
  });
}

async function main(): Promise<void> {
  // The input closes with the process that started this one, whatever ended it: nothing is left behind.
  process.stdin.resume().on("close", () => process.exit(0));
  patchConsole();
  endOn("uncaughtException", undefined, 129);
  endOn("unhandledRejection", "Runtime.UnhandledPromiseRejection", 128);
  let handler: Handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    await reportError("init/error", error);
    process.exit(1);
  }
  await serve(handler);
}

main().catch(() => process.exit(1));
