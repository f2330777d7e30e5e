import { isLosslessNumber } from "lossless-json";
import picocolors from "picocolors";
import type { ChangeEvent, ChangeRow } from "../../functions/changeEvent";

type Colours = ReturnType<typeof picocolors.createColors>;

const VALUE_WIDTH = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: rows may hold anything, a terminal must not obey it.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One change event as one line for people: time, operation, table, key, and the columns that matter. */
export function changeLine(event: ChangeEvent, colours: Colours = picocolors): string {
  const time = colours.dim(safe(event.at.slice(11, 19)));
  const table = colours.bold(safe(`${event.source.schema}.${event.source.table}`));
  const key = colours.cyan(columns(event.key));
  const details = detail(event, colours);
  return [time, operation(event.op, colours), table, key, ...(details ? [details] : [])].join(" ");
}

function operation(op: ChangeEvent["op"], colours: Colours): string {
  switch (op) {
    case "insert":
      return colours.green("insert");
    case "update":
      return colours.yellow("update");
    case "delete":
      return colours.red("delete");
    case "load":
      return colours.blue("load  ");
  }
}

function detail(event: ChangeEvent, colours: Colours): string {
  if (event.ref) {
    return colours.dim(safe(`too large for the stream: s3://${event.ref.bucket}/${event.ref.key}`));
  }
  if (event.op === "update") {
    return event.changed
      .map((name) => {
        const before = value(event.old?.[name]);
        return `${safe(name)} ${colours.dim(before)} ${colours.dim("→")} ${value(event.new?.[name])}`;
      })
      .join(", ");
  }
  const row = event.new ?? event.old ?? {};
  const others = Object.fromEntries(Object.entries(row).filter(([name]) => !(name in event.key)));
  const text = columns(others);
  return event.op === "delete" ? colours.dim(text) : text;
}

function columns(row: ChangeRow): string {
  return Object.entries(row)
    .map(([name, content]) => `${safe(name)}=${value(content)}`)
    .join(" ");
}

/** A value as short as it can be told; an absent column is what SQL calls NULL. */
function value(content: unknown): string {
  if (content === undefined || content === null) {
    return "∅";
  }
  if (isLosslessNumber(content)) {
    return content.toString();
  }
  const text = typeof content === "string" ? content : JSON.stringify(content, lossless);
  const short = text.length > VALUE_WIDTH ? `${text.slice(0, VALUE_WIDTH - 1)}…` : text;
  return typeof content === "string" && !/^[\w.:@+-]+$/.test(content) ? `"${safe(short)}"` : safe(short);
}

function lossless(_key: string, content: unknown): unknown {
  return isLosslessNumber(content) ? content.toString() : content;
}

function safe(text: string): string {
  return text.replaceAll(
    CONTROL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
