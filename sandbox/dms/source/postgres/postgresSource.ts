import type { Client } from "pg";
import type { ChangeHandler, ChangeStream, Snapshot, Source, SourceTable, ValueOptions } from "../source";
import { Catalogue, type PostgresTable } from "./catalogue";
import { PostgresChangeStream } from "./changeStream";
import { connect, connectForReplication, connectForText, type PostgresConnection } from "./connection";
import { parseLsn } from "./lsn";
import type { RelationMessage } from "./pgoutput";
import { checkPrerequisites } from "./prerequisites";
import { PostgresSnapshot, quoteIdentifier, quoteTable } from "./snapshot";

/** What a publication carries, by its name's ending. */
const PUBLISHED = { "": "insert, update, delete, truncate", _inserts: "insert" } as const;

/**
 * PostgreSQL as a source: a logical replication slot of the task's own, decoded by pgoutput, and two publications.
 * The second carries only inserts, for tables whose old rows the log cannot name (no replica identity): publishing
 * their updates would make PostgreSQL refuse them in the application. AWS DMS reads the log with test_decoding,
 * which needs no publication and ignores the updates and deletes of such tables; the outcome is the same.
 */
export class PostgresSource implements Source {
  private readonly connection: PostgresConnection;
  /** The slot's name, and the stem of the publications'. */
  private readonly slot: string;
  private readonly catalogue: Catalogue;
  private client: Client | undefined;

  /** @param id the task's own id: lower-case letters, digits and underscores */
  constructor(connection: PostgresConnection, id: string, options: ValueOptions) {
    this.connection = connection;
    this.slot = `awsdms_${id}`;
    this.catalogue = new Catalogue(options);
  }

  async check(): Promise<void> {
    await checkPrerequisites(await this.queries(), this.slot);
  }

  async tables(): Promise<PostgresTable[]> {
    return this.catalogue.tables(await this.queries());
  }

  async begin(tables: SourceTable[]): Promise<Snapshot> {
    await this.forget();
    const queries = await this.queries();
    for (const [ending, published] of Object.entries(PUBLISHED)) {
      await queries.query(`CREATE PUBLICATION "${this.slot}${ending}" WITH (publish = '${published}')`);
    }
    await this.capture(tables);
    const keeper = await connectForReplication(this.connection);
    try {
      // Both forms are understood up to version 18; the older one is the only one before 15.
      const { rows } = await keeper.query<{ snapshot_name: string }>(
        `CREATE_REPLICATION_SLOT "${this.slot}" LOGICAL pgoutput EXPORT_SNAPSHOT`,
      );
      return this.snapshotOf(keeper, rows[0]?.snapshot_name);
    } catch (error) {
      await keeper.end();
      throw error;
    }
  }

  async capture(tables: SourceTable[]): Promise<void> {
    const queries = await this.queries();
    for (const ending of Object.keys(PUBLISHED)) {
      const wanted = tables.filter((table) => table.identity.length > 0 === (ending === ""));
      await this.publish(queries, `${this.slot}${ending}`, wanted);
    }
  }

  async snapshotNow(): Promise<Snapshot> {
    const keeper = await connect(this.connection);
    try {
      await keeper.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const { rows } = await keeper.query<{ name: string }>("SELECT pg_export_snapshot() AS name");
      return this.snapshotOf(keeper, rows[0]?.name);
    } catch (error) {
      await keeper.end();
      throw error;
    }
  }

  async canResume(): Promise<boolean> {
    const queries = await this.queries();
    // wal_status "lost": the server has removed log that this slot still needs (max_slot_wal_keep_size).
    const { rows } = await queries.query<{ lost: boolean }>(
      `SELECT coalesce(to_jsonb(s) ->> 'wal_status', '') = 'lost' AS lost FROM pg_replication_slots s WHERE slot_name = $1`,
      [this.slot],
    );
    return rows.length === 1 && rows[0]?.lost === false;
  }

  async position(): Promise<string> {
    const queries = await this.queries();
    // Not the insert position: it may be behind a page's header, where a reader comes only with the next record.
    const { rows } = await queries.query<{ lsn: string }>("SELECT pg_current_wal_flush_lsn()::text AS lsn");
    return rows[0]?.lsn ?? "0/0";
  }

  reached(position: string, target: string): boolean {
    return parseLsn(position) >= parseLsn(target);
  }

  async stream(handler: ChangeHandler, from: string | undefined): Promise<ChangeStream> {
    await this.freeSlot();
    const queries = await connect(this.connection);
    const replication = await connectForReplication(this.connection).catch(async (error: unknown) => {
      await queries.end();
      throw error;
    });
    const stream = new PostgresChangeStream(
      {
        replication,
        queries,
        catalogue: this.catalogue,
        slot: this.slot,
        from: from ?? "0/0",
        publications: Object.keys(PUBLISHED).map((ending) => `${this.slot}${ending}`),
        complete: (relation, client) => this.complete(relation, client),
      },
      handler,
    );
    try {
      await stream.start();
    } catch (error) {
      await stream.stop();
      throw error;
    }
    return stream;
  }

  async forget(): Promise<void> {
    await this.freeSlot();
    const queries = await this.queries();
    await queries.query(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1",
      [this.slot],
    );
    for (const ending of Object.keys(PUBLISHED)) {
      await queries.query(`DROP PUBLICATION IF EXISTS "${this.slot}${ending}"`);
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** The connection for questions, opened again where it was lost. */
  private async queries(): Promise<Client> {
    if (this.client === undefined) {
      const client = await connect(this.connection);
      client.once("end", () => {
        if (this.client === client) {
          this.client = undefined;
        }
      });
      this.client = client;
    }
    return this.client;
  }

  private snapshotOf(keeper: Client, name: string | undefined): PostgresSnapshot {
    if (name === undefined) {
      throw new Error("the server exported no snapshot");
    }
    return new PostgresSnapshot(name, keeper, () => connectForText(this.connection));
  }

  /** Ends a reader that an earlier process of ours left behind: the server may take long to miss it. */
  private async freeSlot(): Promise<void> {
    const queries = await this.queries();
    for (let attempt = 0; attempt < 100; attempt++) {
      const { rows } = await queries.query(
        `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots
         WHERE slot_name = $1 AND active_pid IS NOT NULL`,
        [this.slot],
      );
      if (rows.length === 0) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async publish(queries: Client, publication: string, wanted: SourceTable[]): Promise<void> {
    const { rows } = await queries.query<{ schema: string; name: string }>(
      "SELECT schemaname AS schema, tablename AS name FROM pg_publication_tables WHERE pubname = $1",
      [publication],
    );
    const published = new Set(rows.map(quoteTable));
    const names = new Set(wanted.map(quoteTable));
    const added = [...names].filter((name) => !published.has(name));
    const removed = [...published].filter((name) => !names.has(name));
    if (removed.length > 0) {
      await queries.query(
        `ALTER PUBLICATION ${quoteIdentifier(publication)} DROP TABLE ${removed.join(", ")}`,
      );
    }
    if (added.length > 0) {
      await queries.query(
        `ALTER PUBLICATION ${quoteIdentifier(publication)} ADD TABLE ONLY ${added.join(", ONLY ")}`,
      );
    }
  }

  /** The log names the columns and which of them identify a row; the rest is the catalogue's. */
  private async complete(relation: RelationMessage, queries: Client): Promise<PostgresTable> {
    const { schema, name, columns } = relation;
    const id = String(relation.oid);
    const identity = columns.filter((column) => column.key).map((column) => column.name);
    if (relation.identity === "d") {
      return this.catalogue.describe({ id, schema, name, columns, primaryKey: identity, identity });
    }
    const known = (await this.catalogue.tables(queries)).find((table) => table.id === id);
    return this.catalogue.describe({
      id,
      schema,
      name,
      columns,
      primaryKey: known?.primaryKey ?? [],
      identity,
    });
  }
}
