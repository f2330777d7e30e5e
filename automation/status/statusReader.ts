import type { PipelineStatus } from "./pipelineStatus";

/** Reads a pipeline's status again and again. */
export interface StatusReader {
  /** The status as it is now. One read at a time: a second call waits for the first. */
  read(): Promise<PipelineStatus>;
}
