import { rmSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { SandboxBench } from "../../test/helpers/sandboxBench";
import { createDatabase, startSourceServer } from "../../test/helpers/sourceServer";
import { temporaryFolder } from "../../test/helpers/temporaryFolder";
import { tools } from "../../test/helpers/tools";
import type { Bench, Size } from "../bench";
import { DEBEZIUM, startDebezium } from "./debeziumSide";
import { endToEndReport } from "./endToEndReport";
import { type Loads, measureSide, type SideResult } from "./measureSide";
import { ROWSTREAM, startRowstream } from "./rowstreamSide";
import type { Side } from "./side";
import { createTable, Writer } from "./workload";

const DATABASE = "shop";

const ROUNDS = 3;

const LOADS: Record<Size, Loads> = {
  full: { warmUp: 10_000, steady: { changesPerSecond: 100, seconds: 12 }, burst: 20_000 },
  small: { warmUp: 1_000, steady: { changesPerSecond: 50, seconds: 2 }, burst: 1_000 },
};

/** What a round has for its sides. */
interface Place {
  folder: string;
  client: Client;
  sourceUrl: string;
  bench: SandboxBench;
}

type StartSide = (place: Place) => Promise<Side>;

/**
 * From the commit of a row to its record at Kinesis, through the whole pipeline in the sandbox and through Debezium
 * Server, on the same PostgreSQL and the same emulated Kinesis. Each round starts everything anew; only one side runs at
 * a time, and which comes first changes with the round. At the small size, and without Debezium Server, rowstream alone.
 */
export const endToEnd: Bench = async (size, onProgress) => {
  const sides: [name: string, start: StartSide][] = [[ROWSTREAM, ({ bench }) => startRowstream(bench)]];
  const program = tools().debezium;
  if (size === "full" && program) {
    sides.push([
      DEBEZIUM,
      ({ bench, folder, client, sourceUrl }) =>
        startDebezium({
          program,
          folder: join(folder, "debezium"),
          client,
          sourceUrl,
          environment: bench.sandbox.environment,
        }),
    ]);
  } else if (size === "full") {
    onProgress(`${DEBEZIUM} is not measured: set-up has none, and has said why`);
  }
  const results = new Map<string, SideResult[]>();
  for (let round = 1; round <= (size === "full" ? ROUNDS : 1); round += 1) {
    await inSandbox(async (place) => {
      for (const [name, start] of round % 2 === 0 ? [...sides].reverse() : sides) {
        onProgress(`round ${round}: ${name}`);
        for (const [measured, result] of await playSide(place, start, LOADS[size])) {
          const { steady, burst } = result;
          const rate = burst && `, ${burst.changesPerSecond.toFixed(0)} changes/s in the burst`;
          onProgress(`${measured}: p50 ${steady.p50Ms.toFixed(0)} ms${rate ?? ""}`);
          results.set(measured, [...(results.get(measured) ?? []), result]);
        }
      }
    });
  }
  return endToEndReport(results);
};

async function playSide(place: Place, start: StartSide, loads: Loads): Promise<Map<string, SideResult>> {
  // Before the side begins: DMS does not take the emptying of a table that it replicates.
  const writer = await Writer.open(place.client);
  const side = await start(place);
  try {
    return await measureSide(side, writer, place.bench.sandbox.environment, loads);
  } finally {
    await side.stop();
  }
}

/** Starts a PostgreSQL with the table, and a sandbox that replicates it; ends and removes both. */
async function inSandbox(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  const server = await startSourceServer("postgres", join(folder, "source"));
  try {
    await createDatabase(server, DATABASE);
    const sourceUrl = server.url(DATABASE);
    const client = new Client({ connectionString: sourceUrl });
    await client.connect();
    try {
      await createTable(client);
      const bench = await SandboxBench.start({ source: sourceUrl });
      try {
        await work({ folder, client, sourceUrl, bench });
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
