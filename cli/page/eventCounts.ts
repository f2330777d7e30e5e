import { withSecond } from "../../page/model/seconds";
import type { Latency, Second, ShownEvent, TableTotals, Totals } from "../../page/model/wire";

/** Over how many seconds a rate is told. */
const RATE_SECONDS = 5;
/** Of more events in a second than these, the first ones stand for all where the latency is told. */
const SAMPLES = 2_000;

/** A second that is not over yet, or one of the last few. */
interface Running {
  at: number;
  all: Sample;
  byTable: Map<string, Sample>;
}

/** Events of a second, with their latencies in milliseconds. */
interface Sample {
  events: number;
  latencies: number[];
}

/** Counts events by table and by second. What it holds grows with the number of tables, and with nothing else. */
export class EventCounts {
  #events = 0;
  #foreign = 0;
  readonly #tables = new Map<string, { events: number; lastAt: number }>();
  #now: Running;
  #last: Running[] = [];
  #seconds: Second[] = [];

  /** @param now the time in milliseconds since 1970 */
  constructor(now: number) {
    this.#now = running(Math.floor(now / 1_000));
  }

  /** The seconds that are over, oldest first, as many as the chart shows. */
  get seconds(): readonly Second[] {
    return this.#seconds;
  }

  add({ table, latencyMs }: Pick<ShownEvent, "table" | "latencyMs">, now: number): void {
    this.#events += 1;
    const counts = this.#tables.get(table) ?? { events: 0, lastAt: 0 };
    counts.events += 1;
    counts.lastAt = now;
    this.#tables.set(table, counts);
    const ofTable = this.#now.byTable.get(table) ?? { events: 0, latencies: [] };
    this.#now.byTable.set(table, ofTable);
    for (const sample of [this.#now.all, ofTable]) {
      sample.events += 1;
      if (latencyMs !== null && sample.latencies.length < SAMPLES) {
        sample.latencies.push(latencyMs);
      }
    }
  }

  /** Counts a record that is no event. */
  addForeign(): void {
    this.#foreign += 1;
  }

  /** Ends the second that is running; what it was. */
  endSecond(now: number): Second {
    const { at, all } = this.#now;
    const second = { at, events: all.events, latency: latencyOf(all.latencies) };
    this.#last = [...this.#last, this.#now].slice(-RATE_SECONDS);
    this.#seconds = withSecond(this.#seconds, second);
    this.#now = running(Math.floor(now / 1_000));
    return second;
  }

  totals(): Totals {
    const recent = (samples: (Sample | undefined)[]) => ({
      perSecond:
        samples.reduce((sum, sample) => sum + (sample?.events ?? 0), 0) / Math.max(1, samples.length),
      latency: latencyOf(samples.flatMap((sample) => sample?.latencies ?? [])),
    });
    const tables = [...this.#tables].map(([name, counts]): [string, TableTotals] => [
      name,
      { ...counts, ...recent(this.#last.map(({ byTable }) => byTable.get(name))) },
    ]);
    return {
      events: this.#events,
      foreign: this.#foreign,
      ...recent(this.#last.map(({ all }) => all)),
      tables: Object.fromEntries(tables),
    };
  }
}

function running(at: number): Running {
  return { at, all: { events: 0, latencies: [] }, byTable: new Map() };
}

function latencyOf(samples: readonly number[]): Latency | null {
  if (samples.length === 0) {
    return null;
  }
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}
