import type { Client, Connection } from "pg";
import { DeliveryQueue } from "../deliveryQueue";
import type { Cell, ChangeHandler, ChangeStream, SourceChange } from "../source";
import type { Catalogue, PostgresTable } from "./catalogue";
import { formatLsn, parseLsn } from "./lsn";
import {
  type ChangeMessage,
  decodePgoutput,
  type PgoutputMessage,
  type RelationMessage,
  type TupleValue,
} from "./pgoutput";

/** How often the server is told how far the target is; it gives up after wal_sender_timeout, 60 s by default. */
const STATUS_INTERVAL_MS = 1_000;

/** The replication protocol's messages inside CopyData. */
const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;

/** PostgreSQL's epoch, 2000-01-01, in milliseconds since 1970. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

/** What pg's connection has beyond its published types. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
}

type Item = { message: PgoutputMessage } | { idleAt: bigint };

/** How far everything is applied, as the replication protocol reports it. */
function statusUpdate(lsn: bigint): Buffer {
  const update = Buffer.alloc(34);
  update[0] = 0x72;
  for (const offset of [1, 9, 17]) {
    update.writeBigUInt64BE(lsn, offset);
  }
  update.writeBigInt64BE(BigInt(Date.now() - POSTGRES_EPOCH_MS) * 1000n, 25);
  // Asks for an answer: it says where the log's end is, also when nothing of ours is written.
  update[33] = 1;
  return update;
}

/** What the stream needs of the source. */
export interface ChangeStreamOptions {
  /** A connection in replication mode, ended by the stream. */
  replication: Client;
  /** A connection for questions to the catalogue, ended by the stream. */
  queries: Client;
  catalogue: Catalogue;
  slot: string;
  /** Where to begin; the server begins at the slot's confirmed position where that is later. */
  from: string;
  publications: string[];
  /** The table that a message describes, completed with what the message does not say. */
  complete(relation: RelationMessage, queries: Client): Promise<PostgresTable>;
}

/** One read of a logical replication slot: decodes, hands over in order, holds back, confirms. */
export class PostgresChangeStream implements ChangeStream {
  readonly ended: Promise<void>;
  private readonly options: ChangeStreamOptions;
  private readonly handler: ChangeHandler;
  private readonly connection: CopyConnection;
  private readonly relations = new Map<number, PostgresTable>();
  private readonly queue: DeliveryQueue<Item>;
  private stopped = false;
  private confirmed = 0n;
  private timer: NodeJS.Timeout | undefined;
  private resolveEnded: () => void = () => undefined;
  private rejectEnded: (error: unknown) => void = () => undefined;

  constructor(options: ChangeStreamOptions, handler: ChangeHandler) {
    this.options = options;
    this.handler = handler;
    this.connection = (options.replication as unknown as { connection: CopyConnection }).connection;
    this.queue = new DeliveryQueue({
      deliver: (item) => this.deliver(item),
      pause: () => this.connection.stream.pause(),
      resume: () => this.connection.stream.resume(),
      onFailure: (error) => this.finish(error),
    });
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.rejectEnded = reject;
    });
    // Whoever waits sees the rejection; nobody waiting is no crash.
    this.ended.catch(() => undefined);
  }

  /** Begins to read; fulfilled when the server has begun to send. */
  async start(): Promise<void> {
    const { replication, slot, from, publications } = this.options;
    const started = new Promise<void>((resolve) => this.connection.once("replicationStart", () => resolve()));
    this.connection.on("copyData", ({ chunk }: { chunk: Buffer }) => this.receive(chunk));
    const names = publications.map((name) => `"${name}"`).join(",");
    const command = replication.query(
      `START_REPLICATION SLOT "${slot}" LOGICAL ${from} (proto_version '1', publication_names '${names}')`,
    );
    command.then(
      () => this.finish(new Error("the server ended the replication")),
      (error: unknown) => this.finish(error),
    );
    replication.once("end", () => this.finish(new Error("the connection to the source was lost")));
    await Promise.race([started, this.ended]);
    this.timer = setInterval(() => this.report(), STATUS_INTERVAL_MS);
  }

  confirm(position: string): void {
    const lsn = parseLsn(position);
    if (lsn > this.confirmed) {
      this.confirmed = lsn;
    }
  }

  async stop(): Promise<void> {
    if (!this.stopped) {
      this.report();
      this.finish(undefined);
    }
    await this.ended.catch(() => undefined);
    await Promise.all(
      [this.options.replication.end(), this.options.queries.end()].map((end) => end.catch(() => undefined)),
    );
  }

  private report(): void {
    if (!this.stopped) {
      this.connection.sendCopyFromChunk(statusUpdate(this.confirmed));
    }
  }

  private finish(error: unknown): void {
    if (this.stopped) {
      return;
    }
    this.stopped = true;
    clearInterval(this.timer);
    this.queue.end();
    if (error === undefined) {
      this.resolveEnded();
    } else {
      this.rejectEnded(error);
    }
  }

  private receive(chunk: Buffer): void {
    if (this.stopped) {
      return;
    }
    if (chunk[0] === XLOG_DATA) {
      // Decoded at once: pg reuses the buffer for the messages after this one.
      const message = decodePgoutput(chunk.subarray(25));
      this.queue.push({ message }, chunk.length);
    } else if (chunk[0] === KEEPALIVE) {
      // Where nothing of ours is in the log, its end still moves on, and the server must not keep it for us.
      this.queue.push({ idleAt: chunk.readBigUInt64BE(1) }, 0);
      if (chunk[17] === 1) {
        this.report();
      }
    }
  }

  private deliver(item: Item): void | Promise<void> {
    if ("idleAt" in item) {
      return this.handler.commit(formatLsn(item.idleAt));
    }
    const { message } = item;
    switch (message.tag) {
      case "insert":
      case "update":
      case "delete":
        return this.handler.change(this.rowChange(message));
      case "relation":
        return this.learn(message);
      case "truncate":
        return this.truncate(message.relationOids);
      case "commit":
        return this.handler.commit(formatLsn(message.endLsn));
      case "other":
        return undefined;
    }
  }

  private async truncate(oids: number[]): Promise<void> {
    for (const oid of oids) {
      await this.handler.change({ kind: "truncate", table: this.relation(oid) });
    }
  }

  private async learn(message: RelationMessage): Promise<void> {
    const { catalogue, queries, complete } = this.options;
    const types = message.columns.map((column) => column.typeOid);
    if (!catalogue.knows(types)) {
      await catalogue.learnTypes(queries, types);
    }
    const table = await complete(message, queries);
    this.relations.set(message.oid, table);
    await this.handler.change({ kind: "definition", table });
  }

  private relation(oid: number): PostgresTable {
    const table = this.relations.get(oid);
    if (table === undefined) {
      throw new Error(`pgoutput: a change of the relation ${oid} came before its description`);
    }
    return table;
  }

  private rowChange({ tag, relationOid, old, row }: ChangeMessage): SourceChange {
    const table = this.relation(relationOid);
    const oldCells = old && convert(table, old);
    if (oldCells !== undefined && table.identity.length < table.columns.length) {
      // A key tuple has null for the columns beside the key: nothing is known of them.
      table.columns.forEach((column, index) => {
        if (!table.identity.includes(column.name)) {
          oldCells[index] = undefined;
        }
      });
    }
    return { kind: tag, table, row: row && convert(table, row), old: oldCells };
  }
}

function convert(table: PostgresTable, values: TupleValue[]): Cell[] {
  return values.map((value, index) =>
    typeof value === "string" ? table.conversions[index]?.convert(value) : value,
  );
}
