import type { ReplicatedTable } from "../components/replicatedTable";

/** The sample with its consumers, as a program. It is loaded when it runs: the AWS SDK of Pulumi takes a second. */
export async function sampleProgram(tables: ReplicatedTable[]): Promise<unknown> {
  const { sample } = await import("../examples/sample.js");
  return sample(tables);
}
