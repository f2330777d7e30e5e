/**
 * What the server tells the page, each as the JSON data of a Server-Sent Event of the same name. The page asks for
 * nothing else: it only listens.
 */
export interface Messages {
  /** The first one after every connection: all that the page must know to begin. */
  hello: Hello;
  /** Events as they came. */
  events: EventFrame;
  /** Once a second. */
  second: SecondFrame;
  /** The pipeline, whenever something of it has changed. */
  pipeline: PipelineView;
}

/** See {@link Messages.hello}. */
export interface Hello {
  /** The same as long as one server runs: the page forgets what it holds when it is another. */
  run: string;
  pipeline: PipelineView;
  totals: Totals;
  /** The last minutes, oldest first. */
  seconds: Second[];
  /** The last events, oldest first. */
  events: ShownEvent[];
}

/** See {@link Messages.events}. */
export interface EventFrame {
  /** Oldest first. */
  events: ShownEvent[];
  /** How many events were left out before these, because this page did not keep up. */
  dropped: number;
}

/** See {@link Messages.second}. */
export interface SecondFrame {
  second: Second;
  totals: Totals;
}

export type Operation = "insert" | "update" | "delete" | "load";

export const OPERATIONS: readonly Operation[] = ["insert", "update", "delete", "load"];

/** A change event as the page shows it: every value is text, so that no digit is lost on the way. */
export interface ShownEvent {
  /** Its place among all events that this server has seen, from 1. */
  n: number;
  id: string;
  op: Operation;
  /** `schema.table`, as in the source. */
  table: string;
  /** The row's key: `order_id=42`. */
  key: string;
  /** When the change reached its DynamoDB table, in milliseconds since 1970; null where the event does not say. */
  at: number | null;
  /** From the table to the change stream, in milliseconds; null for a load, and where it is not known. */
  latencyMs: number | null;
  /** Those of the key first, then those that have changed. */
  columns: ShownColumn[];
  /** How many of the columns are the key. */
  keyColumns: number;
  /** How many more columns the row has than are shown. */
  hidden: number;
  /** Where the whole event lies when it was too large for the stream. */
  ref?: string;
}

/** A column of both rows. */
export interface ShownColumn {
  name: string;
  /** Null where the row before, or the column in it, is absent. */
  old: string | null;
  /** The same of the row after. */
  new: string | null;
  changed: boolean;
}

/** What happened in one second. */
export interface Second {
  /** When it began, in seconds since 1970. */
  at: number;
  events: number;
  /** Of its events; null where none had one. */
  latency: Latency | null;
}

/** From the table to the change stream, in milliseconds. */
export interface Latency {
  /** Half of the events were as fast. */
  median: number;
  /** 95 of 100 were as fast. */
  p95: number;
}

/** Counts since the server started. */
export interface Totals {
  events: number;
  /** Events a second, over the last few. */
  perSecond: number;
  /** The latency over the last few seconds. */
  latency: Latency | null;
  /** Records on the stream that are no events of rowstream's. */
  foreign: number;
  /** By `schema.table`. */
  tables: Record<string, TableTotals>;
}

/** The counts of one table. */
export interface TableTotals {
  events: number;
  perSecond: number;
  /** The latency over the last few seconds. */
  latency: Latency | null;
  /** When its last event was read, in milliseconds since 1970. */
  lastAt: number;
}

/** The pipeline as it is deployed. */
export interface PipelineView {
  stack: string;
  region: string;
  /** Whether it runs on this machine. */
  sandbox: boolean;
  source: { name: string; engine: string };
  replication: {
    /** On an instance, or serverless. */
    kind: "instance" | "serverless";
    /** Its state, in a word; null while it is not known. */
    state: string | null;
    health: Health;
    /** How far behind the source it is, in milliseconds; null where that is not known. */
    lagMs: number | null;
  };
  /** Sorted by name. */
  tables: PipelineTable[];
  fanIn: {
    name: string;
    /** How far it is behind the tables' streams, of the table where it is the furthest, in milliseconds; null where that is not known. */
    lagMs: number | null;
  };
  stream: { name: string; format: string };
  /** What reads the stream, as far as the stack knows of it. */
  consumers: Consumer[];
  /** What is wrong, or worth knowing. */
  findings: ViewFinding[];
  /** What keeps the pipeline from being looked at; null where nothing does. */
  problem: string | null;
}

export interface ViewFinding {
  severity: "problem" | "notice";
  text: string;
  /** What to do about it; null where there is nothing to do. */
  remedy: string | null;
}

export interface Consumer {
  name: string;
  /** `DataLake`, `Warehouse` … */
  kind: string;
  /** Events a second that it took itself, over the last minutes; null where nobody counts them. */
  perSecond: number | null;
}

/** How something is: at work, not yet or not any more, or in need of a person. */
export type Health = "good" | "waiting" | "bad" | "unknown";

/** A table of the pipeline. */
export interface PipelineTable {
  /** `schema.table`, as in the source. */
  name: string;
  /** False where DMS leaves it out: it is listed, and no part of the drawing. */
  replicated: boolean;
  /** False where its changes are left out of the stream. */
  published: boolean;
  /** The replication's state of it; null while it is not known. */
  state: string | null;
  health: Health;
  /** Rows that the full load brought; null while it is not known. */
  rows: number | null;
  /** Changes applied since; null while it is not known. */
  applied: number | null;
}
