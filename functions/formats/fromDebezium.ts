import { stringify } from "lossless-json";
import type { ChangeEvent, ChangeReference, ChangeRow, ChangeSource } from "../changeEvent";
import { CONNECTOR, operationOf } from "./debezium";

/** The members of an envelope that a change event is made of. */
interface Envelope {
  before: ChangeRow | null;
  after: ChangeRow | null;
  op: string;
  source: ChangeSource & {
    connector: string;
    ts_ms: number;
    id: string;
    key: ChangeRow;
    sequence: string;
    ref?: ChangeReference;
  };
}

/** Whether a parsed text is an envelope that the fan-in wrote; Debezium's own lack its members of `source`. */
export function isEnvelope(value: unknown): value is Envelope {
  const { op, source } = (value ?? {}) as Partial<Envelope>;
  return operationOf(op) !== undefined && source?.connector === CONNECTOR;
}

/**
 * The change event of a Debezium envelope of the fan-in's; undefined where the value is none. `changed`, which the
 * envelope does not name, is what differs between its rows.
 */
export function fromDebezium(value: unknown): ChangeEvent | undefined {
  if (!isEnvelope(value)) {
    return undefined;
  }
  const { before, after, source } = value;
  const { name, engine, schema, table, id, key, sequence, ref, ts_ms } = source;
  return {
    v: 1,
    id,
    op: operationOf(value.op) ?? "update",
    source: { name, engine, schema, table },
    key,
    old: before,
    new: after,
    changed: before === null || after === null ? [] : differing(before, after),
    at: new Date(ts_ms).toISOString(),
    sequence,
    ...(ref && { ref }),
  };
}

function differing(before: ChangeRow, after: ChangeRow): string[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].filter((name) => stringify(before[name]) !== stringify(after[name]));
}
