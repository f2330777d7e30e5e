import { useSignal, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { chartData, chartRange } from "../model/seconds";
import { countText, durationText, rateText } from "../model/text";
import { seconds, totals } from "../store";
import { useSize } from "./useSize";

const HEIGHT = 132;
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** The rate of the events and their latency over the last minutes. */
export function Charts() {
  const { perSecond, latency } = totals.value;
  return (
    <section class="card charts" aria-label="Charts">
      <h2>
        Events per second <span class="now">{rateText(perSecond)}</span>
      </h2>
      <Chart
        kind="rate"
        label={`Events per second over the last five minutes; now ${rateText(perSecond)}.`}
      />
      <h2 title="From the table to the change stream. DynamoDB rounds the time of a change down to a second: it can be up to one less.">
        Latency{" "}
        <span class="now">
          {latency === null ? "" : `${durationText(latency.median)} median, ${durationText(latency.p95)} p95`}
        </span>
      </h2>
      <Chart
        kind="latency"
        label={`Latency from the table to the change stream over the last five minutes${latency === null ? "" : `; now ${durationText(latency.median)} in the median, ${durationText(latency.p95)} for 95 of 100 events`}.`}
      />
    </section>
  );
}

type Kind = "rate" | "latency";

function Chart({ kind, label }: { kind: Kind; label: string }) {
  const { ref, width } = useSize<HTMLDivElement>();
  const plot = useRef<uPlot>(null);
  const dark = useSignal(DARK.matches);
  useLayoutEffect(() => {
    const listen = () => {
      dark.value = DARK.matches;
    };
    DARK.addEventListener("change", listen);
    return () => DARK.removeEventListener("change", listen);
  }, [dark]);
  // A chart reads its colours when it is made.
  useSignalEffect(() => {
    dark.value;
    const element = ref.current;
    if (!element) {
      return undefined;
    }
    const made = new uPlot(options(kind, element), columns(kind), element);
    plot.current = made;
    return () => made.destroy();
  });
  useSignalEffect(() => {
    if (width.value > 0) {
      plot.current?.setSize({ width: width.value, height: HEIGHT });
    }
  });
  useSignalEffect(() => {
    plot.current?.setData(columns(kind));
  });
  return <div ref={ref} class="chart" role="img" aria-label={label} />;
}

function columns(kind: Kind): uPlot.AlignedData {
  const { at, events, median, p95 } = chartData(seconds.value);
  return kind === "rate" ? [at, events] : [at, p95, median];
}

function options(kind: Kind, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const value = (number: number) => (kind === "rate" ? countText(number) : durationText(number));
  const axis = {
    stroke: colour("--quiet"),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const line = (name: string, stroke: string, fill?: string): uPlot.Series => ({
    label: name,
    stroke: colour(stroke),
    width: 1.5,
    points: { show: false },
    ...(fill && { fill: colour(fill) }),
  });
  return {
    width: element.clientWidth || 320,
    height: HEIGHT,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_plot, min, max) => chartRange(min ?? 0, max ?? 0) },
      y: { range: (_plot, _min, max) => [0, Math.max(kind === "rate" ? 4 : 1_000, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: 70,
        values: [[1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1]],
        size: 24,
      },
      { ...axis, space: 32, size: 52, values: (_plot, splits) => splits.map(value) },
    ],
    series:
      kind === "rate"
        ? [{}, line("events", "--accent", "--accent-faint")]
        : [{}, line("p95", "--p95"), line("median", "--accent")],
  };
}
