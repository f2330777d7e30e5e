import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { poll } from "../helpers/poll";
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
  private client: Client | undefined;
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
    const { tables, transactions } = this.world;
    for (; this.running; this.index = (this.index + 1) % transactions.length) {
      const statements = (transactions[this.index] ?? []).map((operation) =>
        statement(operation, tables, ++this.step),
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
      rows += (await this.client.query(text, values)).rowCount ?? 0;
    }
    await this.client.query("COMMIT");
    this.changes += rows;
  }
}

/** Whether an error says that the server is away: no SQLSTATE at all, or class 57 or 08. */
function isOutage(error: unknown): boolean {
  const { code = "" } = error as { code?: string };
  return !/^[0-9A-Z]{5}$/.test(code) || /^(57|08)/.test(code);
}
