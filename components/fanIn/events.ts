import type * as pulumi from "@pulumi/pulumi";
import type { EventFormat } from "../../functions/formats/format";
import type { ColumnMask } from "../../functions/mask";
import type { TablePatterns } from "./tableEvents";

/** What the events on the change stream are like. */
export interface EventOptions {
  /**
   * The format of every event: `rowstream` is the change event itself; `cloudevents` has it as the data of a CloudEvent
   * 1.0 in structured JSON mode; `debezium` is Debezium's envelope, as its JSON converter writes it without schemas.
   * Events that are on the stream already stay as they are. Default: `rowstream`.
   */
  format?: EventFormat;
  /**
   * The tables whose changes become events, of those that are replicated. The others are replicated all the same, and
   * nothing of them leaves the account. Default: all.
   */
  tables?: TablePatterns;
  /**
   * What becomes of columns, by table (a `schema.table` pattern in DMS's wildcards) and column. `drop` leaves the column
   * out, `redact` puts a fixed text in place of each value, `hash` its HMAC-SHA-256 under {@link hashKey}. Where several
   * patterns select a table, the strictest of a column's masks holds, in this order. A column of a key can only be
   * hashed. Default: every column as it is.
   */
  columns?: Record<string, Record<string, ColumnMask>>;
  /**
   * The key of hashed columns, at least 32 characters; it is kept in a secret of Secrets Manager. Needed where a column
   * is hashed, unless there is a `hashSecret`. Another key makes other hashes of the same values.
   */
  hashKey?: pulumi.Input<string>;
  /** A secret of the user's own that holds the key of hashed columns as its text, in that version. Not with `hashKey`. */
  hashSecret?: { arn: pulumi.Input<string>; versionId: pulumi.Input<string> };
}
