import { RowstreamError } from "../../automation/errors";
import { readOutputs } from "../../automation/tables";
import type { WorkspaceOptions } from "../../automation/workspace";
import type { PipelineOutputs } from "../../program";
import type { Context } from "../context";
import { followStream } from "./followStream";
import { kinesisClient } from "./kinesisClient";
import type { TailOptions } from "./tailStream";

/** Reads the change stream of a stack until the signal fires, and of the one that is deployed in its place. */
export function followStack(
  { progress }: Pick<Context, "progress">,
  workspace: WorkspaceOptions,
  stream: Pick<PipelineOutputs, "streamName" | "region">,
  options: Pick<TailOptions, "from" | "signal" | "onRecord">,
): Promise<void> {
  return followStream({
    ...options,
    client: kinesisClient(stream.region),
    streamName: stream.streamName,
    onGone: () =>
      progress.show({ kind: "note", text: "the stream is gone; a new deployment's is read when it comes" }),
    currentStream: async () => (await currentOutputs(workspace))?.streamName,
  });
}

/** The stack's outputs; undefined while it has none, or while they cannot be read because an update writes them. */
async function currentOutputs(workspace: WorkspaceOptions): Promise<PipelineOutputs | undefined> {
  try {
    return await readOutputs(workspace);
  } catch (error) {
    if (RowstreamError.is(error)) {
      return undefined;
    }
    throw error;
  }
}
