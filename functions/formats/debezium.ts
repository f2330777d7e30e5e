import { quote } from "../attributeValue";
import type { WriteEvent } from "../change";
import type { ChangeOperation, ChangeSource } from "../changeEvent";
import { referenceText } from "./rowstream";

/** Debezium's letters for the operations; a row of the load is a read of its snapshot. */
export const OPERATIONS: Record<ChangeOperation, string> = {
  insert: "c",
  update: "u",
  delete: "d",
  load: "r",
};

/** What `source.connector` says, by which an event of rowstream's is told from one of Debezium's own. */
export const CONNECTOR = "rowstream";

/** The engines whose schema is what others call the database; they have no schema beneath it. */
const SCHEMALESS: ReadonlySet<string> = new Set(["mysql", "mariadb", "aurora"]);

/**
 * Debezium's envelope as its JSON converter writes it without schemas (`debezium.format.value.schemas.enable=false`),
 * which is what Flink's `debezium-json` reads (Debezium documentation, "Change event values"; Flink documentation,
 * "Debezium Format").
 *
 * The times are the change's: nothing in an event depends on when it is published, so that a repeat is the same bytes.
 * `source` has Debezium's common members, and rowstream's where a connector has its own: `id`, `engine`, `key`, and
 * `ref` where the event was too large for the stream, whose `before` and `after` are null then.
 */
export function debezium(source: ChangeSource): WriteEvent {
  const { name, engine, schema, table } = source;
  const database = SCHEMALESS.has(engine) ? schema : name;
  const start = `"source":{"version":"1","connector":"${CONNECTOR}","name":${quote(name)}`;
  const place = `"db":${quote(database)},"schema":${quote(schema)},"table":${quote(table)},"engine":${quote(engine)}`;
  return ({ op, id, key, before, after, seconds, sequence, ref }) => {
    const time = Math.floor(seconds * 1000);
    const snapshot = op === "load" ? "true" : "false";
    return `{"before":${before},"after":${after},${start},"ts_ms":${time},"snapshot":"${snapshot}",${place},"sequence":"${sequence}","id":${id},"key":${key}${ref === undefined ? "" : `,"ref":${referenceText(ref)}`}},"transaction":null,"op":"${OPERATIONS[op]}","ts_ms":${time}}\n`;
  };
}

/** The operation of one of Debezium's letters; undefined for any other. */
export function operationOf(letter: unknown): ChangeOperation | undefined {
  return (Object.keys(OPERATIONS) as ChangeOperation[]).find((op) => OPERATIONS[op] === letter);
}
