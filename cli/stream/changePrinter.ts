import { once } from "node:events";
import type { Writable } from "node:stream";
import picocolors from "picocolors";
import type { ChangeEvent } from "../../functions/changeEvent";
import { changeLine } from "../render/changeLine";
import { readRecord } from "./readRecord";

/** How change events are written: for people, or as they are. */
export type OutputFormat = "pretty" | "json";

/** Where change events are written. */
export interface PrinterOptions {
  output: Writable & { isTTY?: boolean };
  format: OutputFormat;
  /** Only the events of these tables, as `schema.table` or `table`. Default: all. */
  tables?: readonly string[];
}

/** Writes change events; tells of each record whether it was one to write. */
export type ChangePrinter = (record: Uint8Array) => Promise<boolean>;

const NEWLINE = 0x0a;

/**
 * Makes a printer. As `json` a record's bytes are written as they are: an event is one line already, and parsing
 * it would change its numbers.
 */
export function changePrinter({ output, format, tables = [] }: PrinterOptions): ChangePrinter {
  const colours = picocolors.createColors(output.isTTY === true && picocolors.isColorSupported);
  return async (record) => {
    const event = format === "pretty" || tables.length > 0 ? readRecord(record) : undefined;
    if (tables.length > 0 && !(event && belongs(event, tables))) {
      return false;
    }
    const text =
      format === "json"
        ? line(record)
        : `${event ? changeLine(event, colours) : JSON.stringify(Buffer.from(record).toString())}\n`;
    if (!output.write(text)) {
      await once(output, "drain");
    }
    return true;
  };
}

function belongs({ source }: ChangeEvent, tables: readonly string[]): boolean {
  return tables.includes(source.table) || tables.includes(`${source.schema}.${source.table}`);
}

function line(record: Uint8Array): Uint8Array {
  return record.at(-1) === NEWLINE ? record : Buffer.concat([record, Buffer.from("\n")]);
}
