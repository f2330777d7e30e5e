import type { Connection as StreamingConnection } from "mysql2";
import type { Connection } from "mysql2/promise";
import { type Cell, type LoadSession, type Snapshot, SourceFault, type SourceTable } from "../source";
import { type BinlogPosition, formatPosition, isAtOrBehind } from "./binlogPosition";
import type { MysqlTable } from "./catalogue";
import { rowsOf } from "./connection";
import { readLogEnd, type ServerVersion } from "./server";

/** Rows that are handed over at a time, so that a table of any size needs the same memory. */
const CHUNK_ROWS = 1_000;

/** How often a snapshot that is behind the log is taken again. A commit is that much behind its place in the log. */
const ATTEMPTS = 500;
const PAUSE_MS = 10;

const ISOLATION = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
const START = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quoteTable(table: { schema: string; name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/**
 * Opens a snapshot that holds everything up to the present end of the log, and not less than its own position says.
 * @param client of its own: the snapshot ends it
 * @throws SourceFault where the server writes no log
 */
export async function openSnapshot(client: Connection, version: ServerVersion): Promise<MysqlSnapshot> {
  await client.query(ISOLATION);
  const position =
    version.flavour === "mariadb"
      ? await startAtPosition(client, version)
      : await startUnderLock(client, version);
  return new MysqlSnapshot(client, formatPosition(position));
}

async function logEnd(client: Connection, version: ServerVersion): Promise<BinlogPosition> {
  const end = await readLogEnd(client, version);
  if (end === undefined) {
    throw new SourceFault("the server writes no binary log (log_bin is OFF)");
  }
  return end;
}

/**
 * MariaDB says which place in its log a snapshot belongs to. It may be earlier than the log's end: a transaction is
 * in the log, and can be read there, a moment before it is in the tables.
 */
async function startAtPosition(client: Connection, version: ServerVersion): Promise<BinlogPosition> {
  const end = await logEnd(client, version);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await client.query(START);
    const rows = await rowsOf(client, "SHOW STATUS LIKE 'binlog_snapshot_%'");
    const values = new Map(rows.map((row) => [row.Variable_name?.toLowerCase(), row.Value ?? ""]));
    const position = {
      file: values.get("binlog_snapshot_file") ?? "",
      offset: Number(values.get("binlog_snapshot_position")),
    };
    if (isAtOrBehind(position, end)) {
      return position;
    }
    await client.query("ROLLBACK");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error("timeout: no snapshot of the server came to the end of its log");
}

/**
 * MySQL does not say it: all writers are held for the moment in which the snapshot is begun and the log's end is read.
 * The lock waits for statements under way, and lets nobody commit in between.
 */
async function startUnderLock(client: Connection, version: ServerVersion): Promise<BinlogPosition> {
  await client.query("FLUSH TABLES WITH READ LOCK");
  try {
    await client.query(START);
    return await logEnd(client, version);
  } finally {
    await client.query("UNLOCK TABLES");
  }
}

/**
 * A transaction that sees one moment. The server lets no second connection join it, so that its sessions take turns:
 * tables are loaded one after the other, each of them written in parallel.
 */
export class MysqlSnapshot implements Snapshot {
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: Connection,
    readonly position: string,
  ) {}

  async open(): Promise<LoadSession> {
    return { read: (table, onRows) => this.read(table, onRows), close: async () => undefined };
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private read(table: SourceTable, onRows: (rows: Cell[][]) => Promise<void>): Promise<void> {
    const done = this.turn.then(() => this.readNow(table as MysqlTable, onRows));
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async readNow(
    { schema, name, columns, conversions }: MysqlTable,
    onRows: (rows: Cell[][]) => Promise<void>,
  ): Promise<void> {
    const list = columns.map((column, index) => conversions[index]?.select(quoteIdentifier(column.name)));
    const sql = `SELECT ${list.join(", ")} FROM ${quoteTable({ schema, name })}`;
    // The promises' connection gives whole results only; it stands on one that streams, which its types leave out.
    const { connection } = this.client as unknown as { connection: StreamingConnection };
    const rows = connection.query({ sql, rowsAsArray: true }).stream({ highWaterMark: CHUNK_ROWS });
    let chunk: Cell[][] = [];
    try {
      for await (const row of rows as AsyncIterable<(string | null)[]>) {
        chunk.push(
          row.map((value, index) => (value === null ? null : (conversions[index]?.convert(value) ?? null))),
        );
        if (chunk.length === CHUNK_ROWS) {
          await onRows(chunk);
          chunk = [];
        }
      }
    } catch (error) {
      // The rest of the rows is on its way: the connection is good for nothing else.
      this.client.destroy();
      throw error;
    }
    if (chunk.length > 0) {
      await onRows(chunk);
    }
  }
}
