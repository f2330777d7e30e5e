import type { ColumnDescription } from "./catalogue";

/** A column's text, null for NULL, undefined for a value out of line that did not change. */
export type TupleValue = string | null | undefined;

/** A table as the log describes it before its first change, and after each change of its definition. */
export interface RelationMessage {
  tag: "relation";
  oid: number;
  schema: string;
  name: string;
  /** `relreplident`: d default, n nothing, f full, i index. */
  identity: string;
  columns: (ColumnDescription & { key: boolean })[];
}

export interface ChangeMessage {
  tag: "insert" | "update" | "delete";
  relationOid: number;
  /** The old row, or its key columns with null for the others. */
  old: TupleValue[] | undefined;
  row: TupleValue[] | undefined;
}

export type PgoutputMessage =
  | RelationMessage
  | ChangeMessage
  | { tag: "truncate"; relationOids: number[] }
  | { tag: "commit"; endLsn: bigint }
  | { tag: "other" };

const BYTE = {
  B: 0x42,
  C: 0x43,
  D: 0x44,
  I: 0x49,
  K: 0x4b,
  N: 0x4e,
  O: 0x4f,
  R: 0x52,
  T: 0x54,
  U: 0x55,
  b: 0x62,
  n: 0x6e,
  t: 0x74,
  u: 0x75,
} as const;

/** Reads one message's bytes in order. */
class Reader {
  private offset = 1;

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    return this.bytes[this.offset++] ?? 0;
  }

  int16(): number {
    this.offset += 2;
    return this.bytes.readInt16BE(this.offset - 2);
  }

  int32(): number {
    this.offset += 4;
    return this.bytes.readInt32BE(this.offset - 4);
  }

  uint32(): number {
    this.offset += 4;
    return this.bytes.readUInt32BE(this.offset - 4);
  }

  uint64(): bigint {
    this.offset += 8;
    return this.bytes.readBigUInt64BE(this.offset - 8);
  }

  cString(): string {
    const end = this.bytes.indexOf(0, this.offset);
    const text = this.bytes.toString("utf8", this.offset, end);
    this.offset = end + 1;
    return text;
  }

  tuple(): TupleValue[] {
    const count = this.int16();
    const values: TupleValue[] = new Array(count);
    for (let index = 0; index < count; index++) {
      values[index] = this.value();
    }
    return values;
  }

  private value(): TupleValue {
    const kind = this.byte();
    if (kind === BYTE.t) {
      const length = this.int32();
      this.offset += length;
      return this.bytes.toString("utf8", this.offset - length, this.offset);
    }
    if (kind === BYTE.n) {
      return null;
    }
    if (kind === BYTE.u) {
      return undefined;
    }
    throw new Error(`pgoutput: a value of the kind ${String.fromCharCode(kind)} was not asked for`);
  }
}

function relation(reader: Reader): RelationMessage {
  const oid = reader.uint32();
  const schema = reader.cString();
  const name = reader.cString();
  const identity = String.fromCharCode(reader.byte());
  const columns = Array.from({ length: reader.int16() }, () => ({
    key: (reader.byte() & 1) === 1,
    name: reader.cString(),
    typeOid: reader.uint32(),
    modifier: reader.int32(),
  }));
  return { tag: "relation", oid, schema, name, identity, columns };
}

function change(tag: ChangeMessage["tag"], reader: Reader): ChangeMessage {
  const relationOid = reader.uint32();
  let kind = reader.byte();
  let old: TupleValue[] | undefined;
  if (kind === BYTE.K || kind === BYTE.O) {
    old = reader.tuple();
    kind = tag === "delete" ? 0 : reader.byte();
  }
  return { tag, relationOid, old, row: kind === BYTE.N ? reader.tuple() : undefined };
}

/**
 * Decodes one message of PostgreSQL's pgoutput plug-in, protocol version 1, with values as text.
 * Source: PostgreSQL's manual, "Logical Replication Message Formats".
 */
export function decodePgoutput(bytes: Buffer): PgoutputMessage {
  const reader = new Reader(bytes);
  switch (bytes[0]) {
    case BYTE.R:
      return relation(reader);
    case BYTE.I:
      return change("insert", reader);
    case BYTE.U:
      return change("update", reader);
    case BYTE.D:
      return change("delete", reader);
    case BYTE.T: {
      const count = reader.int32();
      reader.byte();
      return { tag: "truncate", relationOids: Array.from({ length: count }, () => reader.uint32()) };
    }
    case BYTE.C:
      reader.byte();
      reader.uint64();
      return { tag: "commit", endLsn: reader.uint64() };
    default:
      return { tag: "other" };
  }
}
