import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-kinesis";
import { pause } from "../../automation/poll";
import { type TailOptions, tailStream } from "./tailStream";

/** What to follow, and where to find the stream that takes the place of one that is gone. */
export interface FollowOptions extends TailOptions {
  /** The name of the stream that the stack has now; undefined where it has none. */
  currentStream(): Promise<string | undefined>;
  /** Told when the stream is gone. */
  onGone(): void;
}

// The stack is not asked more often: each question starts the Pulumi CLI.
const QUESTION_PAUSE_MS = 2_000;

/**
 * Reads a stack's change stream until the signal fires, across a destruction and a new deployment: the stream that
 * comes then is read from its beginning.
 */
export async function followStream(options: FollowOptions): Promise<void> {
  let { streamName } = options;
  while (!options.signal.aborted) {
    try {
      return await tailStream({ ...options, streamName });
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) {
        throw error;
      }
    }
    options.onGone();
    streamName = (await nextStream(options)) ?? streamName;
  }
}

/** Waits until the stack has a stream; undefined when the signal fires first. */
async function nextStream({ client, currentStream, signal }: FollowOptions): Promise<string | undefined> {
  for (;;) {
    await pause(QUESTION_PAUSE_MS, signal);
    if (signal.aborted) {
      return undefined;
    }
    const name = await currentStream();
    if (name !== undefined && (await exists(client, name))) {
      return name;
    }
  }
}

async function exists(client: KinesisClient, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return false;
    }
    throw error;
  }
}
