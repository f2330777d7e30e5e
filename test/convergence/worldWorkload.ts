import { setTimeout as sleep } from "node:timers/promises";
import { poll } from "../helpers/poll";
import { isOutage, type TestClient } from "../helpers/sourceServer";
import type { Stage } from "./stage";
import type { World } from "./world";
import { statement } from "./worldSource";

/** The pace of the changes, in milliseconds for each. */
const MS_A_CHANGE = 8;

const RECONNECT_MS = 20;

/** Runs a world's transactions over and over, through restarts of the database, from a start to a stop. */
export class WorldWorkload {
  /** Rows inserted, updated or deleted. */
  changes = 0;
  private step = 0;
  private index = 0;
  private running = false;
  private client: TestClient | undefined;
  private done: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly world: World,
  ) {}

  start(): void {
    this.running = true;
    this.done = this.run().catch((error: Error) => {
      this.failure = error;
    });
  }

  /** Waits until so many rows more have been changed. */
  async more(count: number): Promise<void> {
    const { changes } = this;
    await poll(
      `${count} changes`,
      async () => {
        if (this.failure !== undefined) {
          throw this.failure;
        }
        return this.changes >= changes + count;
      },
      60_000,
    );
  }

  /** Ends it with the transaction under way. @throws Error where a statement was refused */
  async stop(): Promise<void> {
    this.running = false;
    await this.done;
    await this.client?.end().catch(() => undefined);
    this.client = undefined;
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }

  private async run(): Promise<void> {
    const { world } = this;
    const { transactions } = world;
    for (; this.running; this.index = (this.index + 1) % transactions.length) {
      const statements = (transactions[this.index] ?? []).map((operation) =>
        statement(operation, world, ++this.step),
      );
      for (let committed = false; !committed; ) {
        try {
          await this.transact(statements);
          committed = true;
        } catch (error) {
          // Whether it was committed is not known where the connection broke: once more it changes nothing.
          if (!isOutage(error)) {
            throw error;
          }
          this.client = undefined;
          await sleep(RECONNECT_MS);
        }
      }
      await sleep(statements.length * MS_A_CHANGE);
    }
  }

  private async transact(statements: ReturnType<typeof statement>[]): Promise<void> {
    this.client ??= await this.stage.connect();
    let rows = 0;
    await this.client.query("BEGIN");
    for (const { text, values } of statements) {
      // Each is of one row; MariaDB counts two where an insert has found it.
      rows += Math.min(1, (await this.client.query(text, values)).rowCount ?? 0);
    }
    await this.client.query("COMMIT");
    this.changes += rows;
  }
}
