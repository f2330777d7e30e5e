import type { Second } from "./wire";

/** How many seconds the chart shows, and the server keeps for it. */
export const CHART_SECONDS = 300;

/** The seconds with one more, without those that the chart has no room for. */
export function withSecond(seconds: readonly Second[], next: Second): Second[] {
  return [...seconds.slice(-(CHART_SECONDS - 1)), next];
}

const LEAST_SECONDS = 60;

/** The times that the charts reach from and to, in seconds since 1970: all that is known, and a minute at least. */
export function chartRange(first: number, last: number): [number, number] {
  return [last - Math.min(CHART_SECONDS, Math.max(LEAST_SECONDS, last - first)), last];
}

/** The columns that the charts draw: times, rates, and latencies in milliseconds. */
export interface ChartData {
  at: number[];
  events: number[];
  median: (number | null)[];
  p95: (number | null)[];
}

export function chartData(seconds: readonly Second[]): ChartData {
  return {
    at: seconds.map((second) => second.at),
    events: seconds.map((second) => second.events),
    median: seconds.map((second) => second.latency?.median ?? null),
    p95: seconds.map((second) => second.latency?.p95 ?? null),
  };
}
