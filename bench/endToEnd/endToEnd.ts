import { rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { SandboxBench } from "../../test/helpers/sandboxBench";
import { createDatabase, startSourceServer } from "../../test/helpers/sourceServer";
import { temporaryFolder } from "../../test/helpers/temporaryFolder";
import type { Bench, Size } from "../bench";
import { endToEndReport, ROWSTREAM } from "./endToEndReport";
import { type Loads, measureSide, type SideResult } from "./measureSide";
import { startRowstream } from "./rowstreamSide";
import { createTable, Writer } from "./workload";

const DATABASE = "shop";

const LOADS: Record<Size, Loads> = {
  full: { warmUp: 10_000, steady: { changesPerSecond: 100, seconds: 20 }, burst: 20_000 },
  small: { warmUp: 1_000, steady: { changesPerSecond: 50, seconds: 2 }, burst: 1_000 },
};

/** From the commit of a row to its record at Kinesis, through the whole pipeline in the sandbox. */
export const endToEnd: Bench = async (size, onProgress) => {
  const results: SideResult[] = [];
  const rounds = size === "full" ? 3 : 1;
  for (let round = 1; round <= rounds; round += 1) {
    onProgress(`round ${round} of ${rounds}`);
    results.push(await playRound(LOADS[size]));
  }
  return endToEndReport(new Map([[ROWSTREAM, results]]));
};

async function playRound(loads: Loads): Promise<SideResult> {
  const folder = temporaryFolder();
  const server = await startSourceServer("postgres", join(folder, "source"));
  try {
    await createDatabase(server, DATABASE);
    const url = server.url(DATABASE);
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await createTable(client);
      const bench = await SandboxBench.start({ source: url });
      try {
        // Before the side begins: DMS does not take the emptying of a table that it replicates.
        const writer = await Writer.open(client);
        const side = await startRowstream(bench);
        return await measureSide(side, writer, bench.sandbox.environment, loads);
      } finally {
        await bench.stop();
      }
    } finally {
      await client.end();
    }
  } finally {
    await server.stop();
    server.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
