import { type Arrow, type Box, drawPipeline } from "../model/drawing";
import { counted, rateText } from "../model/text";
import type { PipelineView } from "../model/wire";
import { totals } from "../store";
import { useSize } from "./useSize";

/** The pipeline as it is deployed. What it says in numbers, the table of the tables says to a screen reader. */
export function Pipeline({ view }: { view: PipelineView }) {
  const { ref, width } = useSize<HTMLElement>();
  return (
    <section class="card pipeline" aria-label="Pipeline">
      <figure ref={ref}>{width.value > 0 && <Picture view={view} width={width.value} />}</figure>
    </section>
  );
}

function Picture({ view, width }: { view: PipelineView; width: number }) {
  const drawing = drawPipeline(view, totals.value, width);
  return (
    <svg
      role="img"
      aria-label={summary(view)}
      width={drawing.width}
      height={drawing.height}
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
    >
      <defs>
        <marker
          id="head"
          viewBox="0 0 8 8"
          refX="6"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0.5L7 4L0 7.5z" />
        </marker>
      </defs>
      {drawing.arrows.map((arrow) => (
        <ArrowView key={arrow.id} arrow={arrow} />
      ))}
      {drawing.boxes.map((box) => (
        <BoxView key={box.id} box={box} />
      ))}
    </svg>
  );
}

function ArrowView({ arrow }: { arrow: Arrow }) {
  return (
    <g class={arrow.flowing ? "arrow flowing" : "arrow"}>
      <path class="track" d={arrow.path} marker-end="url(#head)" />
      {arrow.flowing && <path class="flow" d={arrow.path} stroke-width={1.5 + arrow.strength * 2.5} />}
      {arrow.labels.map(({ x, y, text, anchor, strong }) => (
        <text key={y} x={x} y={y} text-anchor={anchor} class={strong ? "strong" : undefined}>
          {text}
        </text>
      ))}
    </g>
  );
}

function BoxView({ box }: { box: Box }) {
  const { x, y, width, height } = box;
  const isTable = box.kind === "table";
  const left = x + (isTable ? 24 : 14);
  return (
    <g class={`box ${box.kind}`}>
      <title>{box.fullTitle}</title>
      <rect x={x} y={y} width={width} height={height} rx={isTable ? 6 : 10} />
      {(isTable || box.health !== "unknown") && (
        <circle
          class={box.health}
          cx={isTable ? x + 13 : x + width - 15}
          cy={isTable ? y + height / 2 : y + 18}
          r={4}
        />
      )}
      {isTable ? (
        <>
          <text class="title" x={left} y={y + height / 2 + 5}>
            {box.title}
          </text>
          {box.detail && (
            <text class="strong" x={x + width - 12} y={y + height / 2 + 4} text-anchor="end">
              {box.detail}
            </text>
          )}
        </>
      ) : (
        <>
          <text class="role" x={left} y={y + 22}>
            {box.role}
          </text>
          <text class="title" x={left} y={y + 43}>
            {box.title}
          </text>
          <text class="detail" x={left} y={y + 62}>
            {box.detail}
          </text>
        </>
      )}
    </g>
  );
}

function summary({ source, tables, fanIn, stream, consumers }: PipelineView): string {
  const readers = consumers.length === 0 ? "" : `, read by ${consumers.map(({ name }) => name).join(", ")}`;
  return (
    `The pipeline: ${source.engine} source ${source.name}, DMS, ${counted(tables.length, "table")}, ` +
    `fan-in ${fanIn.name}, change stream ${stream.name}${readers}. ${rateText(totals.value.perSecond)}.`
  );
}
