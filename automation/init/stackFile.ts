import { Document, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";
import type { SourceConnection } from "../source/sourceConnection";
import { describeConnection } from "../source/sourceConnection";
import { selectionOf, type TableProposal } from "./proposal";
import type { SizeProposal } from "./sizing";

/** What goes into a stack's configuration file. */
export interface StackSettings {
  region: string;
  /** The source's name in every event. */
  name: string;
  connection: SourceConnection;
  tables: TableProposal;
  /** Undefined where the source was not looked at. */
  size?: SizeProposal;
  serverless: boolean;
}

/** Widths of lines in the file. */
const COMMENT_WIDTH = 112;

/**
 * The text of Pulumi.<stack>.yaml, with the reasons as comments. The password is not in it.
 *
 * @param previous the file that it takes the place of. What is in it beside rowstream's keys stays (the stack's
 *   encryption, other providers' settings), and so does the secret of the password.
 */
export function stackFile(settings: StackSettings, previous?: string): string {
  const { size } = settings;
  const kept = previous === undefined ? {} : keptOf(previous);
  const document = new Document({
    ...kept.root,
    config: {
      ...kept.config,
      "aws:region": settings.region,
      "rowstream:source": sourceOf(settings),
      ...(kept.password !== undefined && { "rowstream:sourcePassword": kept.password }),
      "rowstream:tables": selectionOf(settings.tables),
      ...(size !== undefined && { "rowstream:replication": replicationOf(settings, size) }),
    },
  });
  document.commentBefore = comment(
    `Written by \`rowstream init\` for ${describeConnection(settings.connection)}${size === undefined ? ", which was not looked at" : `: ${size.why.source}`}.`,
  );
  annotate(document, settings);
  return document.toString({ lineWidth: 0 });
}

function sourceOf({ name, connection }: StackSettings): Record<string, unknown> {
  const { engine, host, port, database, username, sslMode } = connection;
  return {
    name,
    engine,
    host,
    port,
    ...(database !== "" && { database }),
    username,
    sslMode,
  };
}

function replicationOf({ serverless }: StackSettings, size: SizeProposal): Record<string, unknown> {
  return serverless ? { serverless: { minDcu: 1, maxDcu: size.maxDcu } } : { instance: size.instance };
}

/** Puts the reasons beside what they are for. */
function annotate(document: Document, settings: StackSettings): void {
  const { tables, size, serverless, connection } = settings;
  const at = (path: readonly (string | number)[], text: string) => commentAt(document, path, text);
  const source = ["config", "rowstream:source"];
  at([...source, "name"], "In every event, so that consumers can tell sources apart.");
  at(
    [...source, "sslMode"],
    connection.sslMode === "none"
      ? "Clear text. verify-full or verify-ca, as far as the engine has them, need a certificateArn."
      : "require encrypts, and checks no certificate; the verify modes need a certificateArn.",
  );
  tables.exclude.forEach(({ why }, index) => {
    at(["config", "rowstream:tables", "exclude", index], why);
  });
  for (const { table, why } of tables.keys) {
    at(["config", "rowstream:tables", "keys", table], why);
  }
  if (size === undefined) {
    return;
  }
  const replication = ["config", "rowstream:replication"];
  at(replication, `${size.why.load}.\n${size.why.cost}.`);
  if (serverless) {
    at([...replication, "serverless", "maxDcu"], `A DCU is 2 GiB of memory: ${size.why.compute}.`);
  } else {
    at(
      [...replication, "instance", "class"],
      `${size.why.compute}. Serverless, in place of it: maxDcu ${size.maxDcu}.`,
    );
    at([...replication, "instance", "storageGib"], `${size.why.storage}.`);
  }
}

/** Sets the comment above a member of a map or an entry of a list. */
function commentAt(document: Document, path: readonly (string | number)[], text: string): void {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const node = isMap(parent)
    ? parent.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === last)?.key
    : document.getIn(path, true);
  if (isNode(node)) {
    node.commentBefore = comment(text);
  }
}

/** Text as comment lines, each with a space before it. */
function comment(text: string): string {
  return text
    .split("\n")
    .flatMap((paragraph) => wrapped(paragraph))
    .map((line) => ` ${line}`)
    .join("\n");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > COMMENT_WIDTH) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${line} ${word}`;
    }
  }
  return lines;
}

/** What of an existing file stays. */
function keptOf(previous: string): {
  root?: Record<string, unknown>;
  config?: Record<string, unknown>;
  password?: unknown;
} {
  const parsed = parseDocument(previous).toJS() as Record<string, unknown> | null;
  const { config, ...root } = parsed ?? {};
  const entries = Object.entries((config ?? {}) as Record<string, unknown>);
  return {
    root,
    config: Object.fromEntries(entries.filter(([key]) => !key.startsWith("rowstream:"))),
    password: entries.find(([key]) => key === "rowstream:sourcePassword")?.[1],
  };
}
