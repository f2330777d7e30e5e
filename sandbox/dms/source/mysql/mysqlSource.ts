import { createHash } from "node:crypto";
import type { Connection } from "mysql2/promise";
import type { ChangeHandler, ChangeStream, Snapshot, Source, SourceTable, ValueOptions } from "../source";
import { formatPosition, isAtOrBehind, parsePosition } from "./binlogPosition";
import { type MysqlTable, readTables } from "./catalogue";
import { MysqlChangeStream } from "./changeStream";
import { connect, type MysqlConnection } from "./connection";
import { checkPrerequisites } from "./prerequisites";
import { hasLog, readLogEnd, readVersion, type ServerVersion } from "./server";
import { openSnapshot } from "./snapshot";

/** Numbers of replicas begin here: those that people give are lower. */
const FIRST_SERVER_ID = 2 ** 30;

/**
 * MySQL and MariaDB as a source: the server's binary log, which has the rows of every table, read as a replica reads
 * it. The server knows nothing of a reader that is away: the place in the log is the task's to keep, and nothing is
 * left behind.
 */
export class MysqlSource implements Source {
  private client: Promise<Connection> | undefined;
  private version: ServerVersion | undefined;
  private captured: SourceTable[] | undefined;
  private changes: MysqlChangeStream | undefined;

  /** @param id the task's own id */
  constructor(
    private readonly connection: MysqlConnection,
    private readonly id: string,
    private readonly options: ValueOptions,
  ) {}

  check(): Promise<void> {
    return this.ask(async (client) =>
      checkPrerequisites(client, await this.serverVersion(client), this.connection.database),
    );
  }

  tables(): Promise<MysqlTable[]> {
    return this.ask((client) => readTables(client, this.options));
  }

  async begin(tables: SourceTable[]): Promise<Snapshot> {
    await this.capture(tables);
    return this.snapshotNow();
  }

  async capture(tables: SourceTable[]): Promise<void> {
    this.captured = tables;
    this.changes?.capture(tables);
  }

  async snapshotNow(): Promise<Snapshot> {
    const client = await connect(this.connection);
    try {
      return await openSnapshot(client, await this.serverVersion(client));
    } catch (error) {
      client.destroy();
      throw error;
    }
  }

  async canResume(from: string | undefined): Promise<boolean> {
    return from !== undefined && (await this.ask((client) => hasLog(client, from)));
  }

  position(): Promise<string> {
    return this.ask(async (client) => {
      const end = await readLogEnd(client, await this.serverVersion(client));
      if (end === undefined) {
        throw new Error("the server writes no binary log any more");
      }
      return formatPosition(end);
    });
  }

  reached(position: string, target: string): boolean {
    return isAtOrBehind(parsePosition(position), parsePosition(target));
  }

  async stream(handler: ChangeHandler, from: string | undefined): Promise<ChangeStream> {
    if (from === undefined) {
      throw new Error("the place in the binary log from which to read is not known");
    }
    const stream = new MysqlChangeStream(
      {
        connection: this.connection,
        serverId: serverIdOf(this.id),
        from: parsePosition(from),
        values: this.options,
      },
      handler,
    );
    try {
      await stream.start(this.captured);
    } catch (error) {
      await stream.stop();
      throw error;
    }
    this.changes = stream;
    return stream;
  }

  /** There is nothing to take away: `begin` makes nothing. */
  async forget(): Promise<void> {}

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.then(
      (open) => open.destroy(),
      () => undefined,
    );
  }

  /** Asks the server on a connection that is kept for that; one that failed is not asked again. */
  private async ask<Answer>(question: (client: Connection) => Promise<Answer>): Promise<Answer> {
    this.client ??= connect(this.connection);
    const { client } = this;
    try {
      return await question(await client);
    } catch (error) {
      if (this.client === client) {
        await this.close();
      }
      throw error;
    }
  }

  private async serverVersion(client: Connection): Promise<ServerVersion> {
    this.version ??= await readVersion(client);
    return this.version;
  }
}

/** The number of a task's reader, the same in every run: the server ends a reader that a killed run left behind. */
function serverIdOf(id: string): number {
  return FIRST_SERVER_ID + (createHash("sha256").update(id).digest().readUInt32BE() % FIRST_SERVER_ID);
}
