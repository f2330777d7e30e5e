import { setTimeout as pause } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import { seededFaker } from "./sampleData";
import {
  addChanges,
  type Changes,
  type Effect,
  loadShop,
  nextTransaction,
  type Session,
} from "./workloadTransactions";

/** How long to wait before the next attempt to reach a database that is away, in milliseconds. */
const RECONNECT_MS = 200;

/** How long a database may take to answer before its connection counts as broken, in milliseconds. */
const ANSWER_MS = 5_000;

/** How far a workload that was held up may be behind its schedule and still catch up, in milliseconds. */
const BACKLOG_MS = 1_000;

/** SQLSTATE classes after which a new session may go on: the connection, resources, an operator's intervention. */
const TRANSIENT = ["08", "53", "57"];

/** SQLSTATE classes that say that somebody else has changed rows under our hands: the shop is read again. */
const CONFLICT = ["22", "23", "40"];

/** What a workload does, and how fast. */
export interface WorkloadOptions {
  /** The sample database's connection string. */
  url: string;
  /** How many rows to change a second, on average. */
  changesPerSecond: number;
  /** The same seed on the same data makes the same changes, but for new UUIDs and times. */
  seed: number;
  /** Told once when the workload gives up, for example because a table was dropped. */
  onFailure(error: Error): void;
}

/**
 * The legacy application: it places, pays, ships, cancels and archives orders and keeps its customers and
 * products, in transactions of a few rows, at a set rate, until it is stopped. It outlives an outage of its
 * database and counts exactly what was committed, even where the connection broke in the middle of a COMMIT.
 */
export class Workload {
  /** The rows changed by committed transactions, by table. */
  readonly changes: Changes = {};
  private readonly options: WorkloadOptions;
  private readonly stopping = new AbortController();
  private readonly finished: Promise<void>;
  private readonly faker;
  private session: Session | undefined;
  /** A transaction whose COMMIT was sent and not answered. */
  private unanswered: { transactionId: string; effect: Effect } | undefined;

  /** Begins at once. */
  constructor(options: WorkloadOptions) {
    this.options = options;
    this.faker = seededFaker(options.seed);
    this.finished = this.run().catch((error: Error) => options.onFailure(error));
  }

  /** Ends after the transaction at hand. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let due = performance.now();
    while (!signal.aborted) {
      try {
        this.session ??= await this.connect();
        const rows = await this.transact(this.session);
        due = Math.max(due, performance.now() - BACKLOG_MS) + (rows * 1000) / this.options.changesPerSecond;
      } catch (error) {
        await this.recover(error);
        due = Math.max(due, performance.now() + RECONNECT_MS);
      }
      const wait = due - performance.now();
      if (wait > 1) {
        await pause(wait, undefined, { signal }).catch(() => undefined);
      }
    }
    await this.disconnect();
  }

  private async connect(): Promise<Session> {
    const client = new Client({
      connectionString: this.options.url,
      application_name: "shop",
      // A server that crashes while it accepts a connection may leave it without an end: neither wait is for ever.
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    // A connection that breaks while it is idle: the next query fails and says so.
    client.on("error", () => undefined);
    await client.connect();
    try {
      await this.settleUnanswered(client);
      return { client, faker: this.faker, shop: await loadShop(client) };
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  private async disconnect(): Promise<void> {
    const client = this.session?.client;
    this.session = undefined;
    // The goodbye of a broken connection may never be answered.
    await Promise.race([client?.end().catch(() => undefined), pause(ANSWER_MS, undefined, { ref: false })]);
  }

  private async transact(session: Session): Promise<number> {
    const { client } = session;
    await client.query("BEGIN");
    const effect = await nextTransaction(session)(session);
    const { rows } = await client.query("SELECT txid_current()::text AS id");
    this.unanswered = { transactionId: rows[0].id, effect };
    await client.query("COMMIT");
    return this.settle(effect);
  }

  private settle(effect: Effect): number {
    this.unanswered = undefined;
    effect.settle();
    return addChanges(this.changes, effect.changes);
  }

  /** Asks the database what became of the transaction whose COMMIT it never answered. */
  private async settleUnanswered(client: Client): Promise<void> {
    if (this.unanswered === undefined) {
      return;
    }
    const status = await transactionStatus(client, this.unanswered.transactionId);
    if (status === "in progress") {
      throw new Error("the transaction of the broken connection has not ended yet");
    }
    if (status === "committed") {
      addChanges(this.changes, this.unanswered.effect.changes);
    }
    this.unanswered = undefined;
  }

  /** Gives the session up, for a new one; throws what a new one would meet again. */
  private async recover(error: unknown): Promise<void> {
    await this.disconnect();
    const sqlState = error instanceof DatabaseError ? (error.code ?? "").slice(0, 2) : undefined;
    if (sqlState !== undefined && !TRANSIENT.includes(sqlState) && !CONFLICT.includes(sqlState)) {
      throw error;
    }
  }
}

/** What became of a transaction: `committed`, `aborted` or `in progress`. */
async function transactionStatus(client: Client, transactionId: string): Promise<string> {
  try {
    const { rows } = await client.query("SELECT txid_status($1::bigint) AS status", [transactionId]);
    return rows[0].status;
  } catch (error) {
    // A server that crashed before it wrote of the transaction has forgotten its id, which is yet to come then.
    if (error instanceof DatabaseError && error.code === "22023") {
      return "aborted";
    }
    throw error;
  }
}
