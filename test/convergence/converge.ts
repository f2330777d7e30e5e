import { poll } from "../helpers/poll";
import { type Cells, sameCells } from "./cells";
import { type ComparedTable, sourceRows } from "./comparedTable";
import type { Replica } from "./replica";
import type { Stage } from "./stage";

/** Differences that are shown. */
const SHOWN = 10;

/** Where the replica and the source differ. */
export interface Difference {
  rows: number;
  /** The first of them, in words. */
  shown: string[];
}

/** Compares what the events came to with the tables of a source that stands still. */
export class Comparison {
  private expected: Map<string, Map<string, Cells>> = new Map();

  constructor(
    private readonly stage: Stage,
    private readonly replica: Replica,
    private readonly tables: readonly ComparedTable[],
    /** Whether the events give whole tables; else only the rows that were changed since the pipeline runs. */
    private readonly everything: boolean,
  ) {}

  /**
   * Reads the change stream until the replica equals the source, or the time is over.
   * @param timeoutMs how long it may take, from the last event on
   */
  async settle(timeoutMs: number): Promise<Difference> {
    await this.readSource();
    let deadline = Date.now() + timeoutMs;
    return poll(
      "the events",
      async () => {
        const { events } = this.replica;
        await this.read();
        if (this.replica.events > events) {
          deadline = Date.now() + timeoutMs;
        }
        const difference = this.difference();
        return difference.rows === 0 || Date.now() > deadline ? difference : undefined;
      },
      20 * timeoutMs,
    );
  }

  /** Takes in what has come. */
  async read(): Promise<void> {
    for (const line of await this.stage.read()) {
      this.replica.take(line);
    }
  }

  private async readSource(): Promise<void> {
    const client = await this.stage.connect();
    for (const table of this.tables) {
      this.expected.set(table.name, await sourceRows(client, table, this.everything));
    }
    await client.end();
  }

  private difference(): Difference {
    const difference: Difference = { rows: 0, shown: [] };
    for (const [name, expected] of this.expected) {
      compare(expected, this.replica.rowsOf(name), (text) => {
        difference.rows++;
        if (difference.shown.length < SHOWN) {
          difference.shown.push(text);
        }
      });
    }
    return difference;
  }
}

function compare(
  source: Map<string, Cells>,
  replica: Map<string, Cells>,
  onDifference: (text: string) => void,
): void {
  for (const [id, cells] of source) {
    const found = replica.get(id);
    if (found === undefined) {
      onDifference(`${id}: not in the events; the source has ${JSON.stringify(cells)}`);
    } else if (!sameCells(cells, found)) {
      onDifference(`${id}: ${JSON.stringify(found)} in the events; the source has ${JSON.stringify(cells)}`);
    }
  }
  for (const id of replica.keys()) {
    if (!source.has(id)) {
      onDifference(`${id}: in the events, and not in the source`);
    }
  }
}
