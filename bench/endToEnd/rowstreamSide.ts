import { controlFor } from "../../automation/clients";
import { deploy } from "../../automation/deploy";
import { poll } from "../../test/helpers/poll";
import type { SandboxBench } from "../../test/helpers/sandboxBench";
import type { Side } from "./side";

export const ROWSTREAM = "rowstream";
export const DMS = "DMS stand-in";
export const FAN_IN = "fan-in";

export const NO_WINDOW = "rowstream, no window";

/** What a user sets for whom a second is long: no wait for a batch to fill, which asks for small ones. */
const NO_WAIT = { batchSize: 10, windowSeconds: 0 };

/** Deploys the pipeline into the sandbox, with the settings that a user gets who chooses none, and then with {@link NO_WAIT}. */
export async function startRowstream(bench: SandboxBench): Promise<Side> {
  const { outputs } = await deploy(bench.configured());
  const control = controlFor(outputs);
  return {
    name: ROWSTREAM,
    streamName: outputs.streamName,
    readRow: (event) => (event as { new: Record<string, unknown> | null }).new,
    parts: {
      [DMS]: /sandbox\/dms\/main\.js/,
      [FAN_IN]: /sandbox\/lambda\/runtime\/bootstrap\.js/,
      "Lambda's mappings": /sandbox\/lambda\/main\.js/,
      "IAM gateway": /sandbox\/iam\/main\.js/,
    },
    failed: bench.sandbox.failed,
    otherSettings: {
      name: NO_WINDOW,
      async apply() {
        await deploy(bench.configured(undefined, { "rowstream:fanIn": { value: JSON.stringify(NO_WAIT) } }));
      },
    },
    async stop() {
      await control.stop();
      await poll("the replication to stand still", async () => (await control.state())?.phase === "loaded");
    },
  };
}
