/**
 * What happened to the row. `load` is a row that was there before its table's stream, published once as it stood.
 */
export type ChangeOperation = "insert" | "update" | "delete" | "load";

/** The table that the row belongs to, as the source database names it. */
export interface ChangeSource {
  /** The source's name in the stack's configuration, for example `shop`. */
  name: string;
  /** The database engine as AWS DMS names it, for example `postgres`. */
  engine: string;
  /** The schema (in MySQL and MariaDB: the database). */
  schema: string;
  /** The table. */
  table: string;
}

/** Where the whole event lies when it was larger than a record of the change stream may be. */
export interface ChangeReference {
  /** The S3 bucket. */
  bucket: string;
  /** The object's key. */
  key: string;
  /** The object's size in bytes. */
  bytes: number;
  /** SHA-256 of the object's bytes, 64 lower-case hexadecimal digits. */
  sha256: string;
}

/**
 * A row's columns, or its key's. A value is what JSON can say: text, a number, true, false, null, a list or an
 * object. A binary value is base64 text. A column that is NULL in the source is absent, because AWS DMS does not
 * write it ("NULL data from the source are ignored on the target", AWS DMS user guide, CHAP_Target.DynamoDB).
 */
export type ChangeRow = Record<string, unknown>;

/**
 * One change of one row: a record of the change stream. As text it is one JSON object in UTF-8 that ends in a
 * newline, so that records written one after the other to a file are JSON Lines. `changeEvent.schema.json`
 * describes that text.
 *
 * The type parameters are the shapes of a row and of its key where they are known:
 *
 * ```ts
 * type OrderEvent = ChangeEvent<{ order_id: number; status: string }, { order_id: number }>;
 * ```
 */
export interface ChangeEvent<Row extends object = ChangeRow, Key extends object = ChangeRow> {
  /** The version of this shape. */
  v: 1;
  /**
   * The same in every repeat of this event: drop what was seen before by it. The DynamoDB stream's eventID; of a load
   * a hash of the table's stream and the row's key.
   */
  id: string;
  /** What happened to the row. */
  op: ChangeOperation;
  /** The table that the row belongs to. */
  source: ChangeSource;
  /** The row's primary key. */
  key: Key;
  /** The row as it was; null for an insert and a load, and where `ref` is set. */
  old: Row | null;
  /** The row as it is; null for a delete, and where `ref` is set. */
  new: Row | null;
  /**
   * The columns that differ between `old` and `new`; empty unless `op` is `update`. With `ref` it can be empty on
   * an update as well: there it means that the names alone were too many for a record.
   */
  changed: (keyof Row & string)[];
  /**
   * When the change reached the table in DynamoDB, ISO 8601 in UTC. DynamoDB rounds it down to the second: it
   * orders nothing. Of a load: when the loading of its table began.
   */
  at: string;
  /**
   * Orders the events of one row: 40 decimal digits, which sort as text. Says nothing between rows. A load's are all
   * zeros, which sort before any change.
   */
  sequence: string;
  /** Set where the event was too large for the stream: the object in S3 is the event as it would have been. */
  ref?: ChangeReference;
}
