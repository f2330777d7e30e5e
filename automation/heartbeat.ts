import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { PipelineOutputs } from "../program";
import { RowstreamError } from "./errors";

/** Writes one heartbeat to the source; makes its table where it is missing. */
export type WriteHeartbeat = () => Promise<void>;

/** What writes the heartbeat of a deployed pipeline; undefined where it has none. */
export function heartbeatFor({ heartbeat, region }: PipelineOutputs): WriteHeartbeat | undefined {
  return heartbeat && (() => invoke(new LambdaClient({ region }), heartbeat.functionName));
}

/**
 * Has the function write, and waits for it.
 *
 * @throws RowstreamError `HeartbeatFailed` with what the function says: the statement that the source refuses and the
 *   grants that it takes, or why it does not get there
 */
async function invoke(lambda: LambdaClient, functionName: string): Promise<void> {
  const { FunctionError, Payload } = await lambda
    .send(new InvokeCommand({ FunctionName: functionName }))
    .catch((error: Error) => {
      throw failed(`the function ${functionName} cannot be invoked (${error.message})`, error);
    });
  if (FunctionError !== undefined) {
    throw failed(messageOf(Payload) ?? `the function ${functionName} fails (${FunctionError}); see its log`);
  }
}

function failed(reason: string, cause?: unknown): RowstreamError {
  return new RowstreamError("HeartbeatFailed", "user", `the first heartbeat was not written: ${reason}`, {
    remedy:
      "mend that, or take rowstream:heartbeat away (pulumi config rm heartbeat), then run the same command again",
    cause,
  });
}

/** What a function throws comes as JSON (AWS Lambda developer guide, nodejs-exceptions). */
function messageOf(payload: Uint8Array | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(Buffer.from(payload ?? []).toString()) as { errorMessage?: string };
    return errorMessage;
  } catch {
    return undefined;
  }
}
