import type { Client } from "pg";
import type { Cell, LoadSession, Snapshot, SourceTable } from "../source";
import type { PostgresTable } from "./catalogue";

/** Rows that one fetch brings, so that a table of any size needs the same memory. */
const FETCH_ROWS = 1_000;

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable(table: { schema: string; name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** Reads tables through a cursor, in one transaction that sees one snapshot. */
class PostgresLoadSession implements LoadSession {
  constructor(private readonly client: Client) {}

  async read(table: SourceTable, onRows: (rows: Cell[][]) => Promise<void>): Promise<void> {
    const { conversions } = table as PostgresTable;
    const columns = table.columns.map((column) => quoteIdentifier(column.name)).join(", ");
    await this.client.query(
      `DECLARE load NO SCROLL CURSOR FOR SELECT ${columns} FROM ONLY ${quoteTable(table)}`,
    );
    for (;;) {
      const { rows } = await this.client.query<(string | null)[]>({
        text: `FETCH ${FETCH_ROWS} FROM load`,
        rowMode: "array",
      });
      if (rows.length > 0) {
        await onRows(
          rows.map((row) =>
            row.map((value, index) => (value === null ? null : conversions[index]?.convert(value))),
          ),
        );
      }
      if (rows.length < FETCH_ROWS) {
        break;
      }
    }
    await this.client.query("CLOSE load");
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** A snapshot that a connection has exported and keeps as long as it is open. */
export class PostgresSnapshot implements Snapshot {
  /**
   * @param name the exported snapshot
   * @param keeper the connection that exported it
   * @param connect opens a connection that returns text
   */
  constructor(
    private readonly name: string,
    private readonly keeper: Client,
    private readonly connect: () => Promise<Client>,
  ) {}

  async open(): Promise<LoadSession> {
    const client = await this.connect();
    try {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      await client.query(`SET TRANSACTION SNAPSHOT '${this.name}'`);
    } catch (error) {
      await client.end();
      throw error;
    }
    return new PostgresLoadSession(client);
  }

  async close(): Promise<void> {
    await this.keeper.end();
  }
}
