import { poll } from "../helpers/poll";
import { type Cells, sameCells } from "./cells";
import { type ComparedTable, sourceRows } from "./comparedTable";
import { promisedParts } from "./promises";
import type { Replica } from "./replica";
import type { Stage } from "./stage";
import { targetRows } from "./targetRows";

/** Differences that are shown. */
const SHOWN = 10;

/** Where the replica differs from the source, or else from the target's tables. */
export interface Difference {
  rows: number;
  /** The first of them, in words. */
  shown: string[];
}

/**
 * Compares what the events came to with the tables of a source that stands still, as far as DMS promises these, and
 * with the target's tables, to the last value.
 */
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
   * Reads the change stream until the replica equals source and target, or the time is over.
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
          // More may be there at once; to compare whole tables in between takes its time.
          deadline = Date.now() + timeoutMs;
          return undefined;
        }
        const difference = await this.difference();
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
      const { engine, behaviour } = this.stage;
      this.expected.set(table.name, await sourceRows(engine, client, table, this.everything, behaviour));
    }
    await client.end();
  }

  private async difference(): Promise<Difference> {
    const bySource = new Differences();
    for (const [name, expected] of this.expected) {
      bySource.compare("the source", expected, this.replica.rowsOf(name), (source, found) =>
        sameCells(...promisedParts(source, found, this.stage.behaviour)),
      );
    }
    if (bySource.rows > 0) {
      return bySource;
    }
    const byTarget = new Differences();
    for (const [name, expected] of this.expected) {
      const replica = this.replica.rowsOf(name);
      const rows = [...(await targetRows(this.stage.target(name)))];
      // The other rows were there before the streams were, and have not been changed since.
      const known = rows.filter(([id]) => expected.has(id) || replica.has(id));
      byTarget.compare("DynamoDB", new Map(known), replica, sameCells);
    }
    return byTarget;
  }
}

/** Rows that differ, counted, and the first of them in words. */
class Differences implements Difference {
  rows = 0;
  readonly shown: string[] = [];

  compare(
    where: string,
    rows: Map<string, Cells>,
    replica: Map<string, Cells>,
    isSame: (row: Cells, found: Cells) => boolean,
  ): void {
    for (const [id, cells] of rows) {
      const found = replica.get(id);
      if (found === undefined) {
        this.add(`${id}: not in the events; ${where} has ${JSON.stringify(cells)}`);
      } else if (!isSame(cells, found)) {
        this.add(`${id}: ${JSON.stringify(found)} in the events; ${where} has ${JSON.stringify(cells)}`);
      }
    }
    for (const id of replica.keys()) {
      if (!rows.has(id)) {
        this.add(`${id}: in the events, and not in ${where}`);
      }
    }
  }

  private add(text: string): void {
    this.rows++;
    if (this.shown.length < SHOWN) {
      this.shown.push(text);
    }
  }
}
