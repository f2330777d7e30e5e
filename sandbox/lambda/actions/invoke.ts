import { randomUUID } from "node:crypto";
import { ApiError } from "../apiError";
import { functionName } from "../arns";
import { log, messageOf } from "../log";
import { type ApiRequest, type ApiResponse, type LambdaService, label, type Operation } from "../operation";

/** The pauses before the two retries of an asynchronous invocation, in milliseconds (AWS Lambda developer guide). */
const ASYNC_RETRY_MS = [60_000, 120_000];

/** The largest payload of an asynchronous invocation, in bytes. */
const MAXIMUM_ASYNC_BYTES = 1_048_576;

function payloadOf(request: ApiRequest): string {
  const payload = request.text === "" ? "{}" : request.text;
  try {
    JSON.parse(payload);
  } catch (error) {
    throw new ApiError(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
  return payload;
}

function header(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Runs an event that nobody waits for: an error is retried twice. */
async function runLater(service: LambdaService, name: string, payload: string): Promise<void> {
  for (const wait of [...ASYNC_RETRY_MS, undefined]) {
    try {
      const { functionError } = await service.runtime.invoke(
        service.functions.get(name, service.settings.region),
        payload,
      );
      if (functionError === undefined) {
        return;
      }
    } catch (error) {
      log("warn", `asynchronous invocation of ${name}: ${messageOf(error)}`);
    }
    if (wait !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, wait).unref());
    }
  }
}

async function runNow(service: LambdaService, name: string, request: ApiRequest): Promise<ApiResponse> {
  const record = service.functions.get(name, service.settings.region);
  const result = await service.runtime.invoke(record, payloadOf(request));
  const tail =
    header(request, "x-amz-log-type") === "Tail" ? Buffer.from(result.logTail).toString("base64") : undefined;
  return {
    headers: {
      "x-amz-executed-version": "$LATEST",
      "x-amzn-requestid": result.requestId,
      ...(result.functionError === undefined ? {} : { "x-amz-function-error": result.functionError }),
      ...(tail === undefined ? {} : { "x-amz-log-result": tail }),
    },
    raw: result.payload,
  };
}

/** Runs a function: RequestResponse waits for it, Event does not, DryRun only looks whether it could be run. */
export const invoke: Operation = {
  name: "Invoke",
  method: "POST",
  path: "/2015-03-31/functions/{FunctionName}/invocations",
  handle(request, service) {
    const name = functionName(label(request, "FunctionName"));
    service.functions.get(name, service.settings.region);
    const type = header(request, "x-amz-invocation-type") ?? "RequestResponse";
    switch (type) {
      case "RequestResponse":
        return runNow(service, name, request);
      case "Event": {
        const payload = payloadOf(request);
        if (Buffer.byteLength(payload) > MAXIMUM_ASYNC_BYTES) {
          throw new ApiError(
            "RequestTooLargeException",
            `Request must be smaller than ${MAXIMUM_ASYNC_BYTES} bytes for the InvokeFunction operation`,
          );
        }
        void runLater(service, name, payload);
        return { status: 202, headers: { "x-amzn-requestid": randomUUID() } };
      }
      case "DryRun":
        return { status: 204 };
      default:
        throw new ApiError(
          "ValidationException",
          `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
        );
    }
  },
};
