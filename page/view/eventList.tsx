import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { isEverything } from "../model/eventFilter";
import type { ShownColumn, ShownEvent } from "../model/wire";
import { filter, pause, paused, select, selected, shown } from "../store";
import { timeText } from "./time";
import { useSize } from "./useSize";

/** The height of a row in pixels; page.css has the same. */
const ROW = 34;
/** Rows beyond those in sight, above and below. */
const SPARE = 4;
/** The heading's height. */
const HEADING = 30;

/** The events, newest first: only the rows in sight are in the document. */
export function EventList() {
  const { ref, height } = useSize<HTMLElement>();
  const top = useSignal(0);
  const events = shown.value;
  const first = Math.max(0, Math.floor(top.value / ROW) - SPARE);
  const last = Math.min(events.length, Math.ceil((top.value + height.value) / ROW) + SPARE);
  const at = events.findIndex(({ n }) => n === selected.value?.n);

  // The list that follows again begins at its newest event.
  const isPaused = paused.value;
  useLayoutEffect(() => {
    if (!isPaused && ref.current) {
      ref.current.scrollTop = 0;
    }
  }, [isPaused, ref]);

  function move(to: number): void {
    const event = events[Math.min(events.length - 1, Math.max(0, to))];
    const list = ref.current;
    if (!event || !list) {
      return;
    }
    const place = events.indexOf(event) * ROW;
    const room = list.clientHeight - HEADING - ROW;
    list.scrollTop = Math.min(place, Math.max(list.scrollTop, place - room));
    top.value = list.scrollTop;
    select(event);
    requestAnimationFrame(() => list.querySelector<HTMLElement>("[aria-current] button")?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(height.value / ROW) - 2);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: events.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      move(to);
    }
  }

  return (
    <section
      ref={ref}
      class="list"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      aria-label="List of events: arrow keys choose one"
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) => {
        top.value = currentTarget.scrollTop;
        // What is being looked for further down must not move away.
        if (currentTarget.scrollTop > ROW) {
          pause();
        }
      }}
    >
      {events.length === 0 ? (
        <p class="empty">
          {isEverything(filter.value)
            ? "No event yet. The first change of a row in the source will be here."
            : "None of the last events matches."}
        </p>
      ) : (
        <table aria-rowcount={events.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">Time</th>
              <th scope="col">Operation</th>
              <th scope="col">Table</th>
              <th scope="col">Key</th>
              <th scope="col">Old</th>
              <th scope="col">New</th>
            </tr>
          </thead>
          <tbody>
            {first > 0 && <Gap rows={first} />}
            {events.slice(first, last).map((event, index) => (
              <EventRow
                key={event.n}
                event={event}
                place={first + index}
                isSelected={event.n === selected.value?.n}
                isReached={at < 0 ? first + index === 0 : first + index === at}
              />
            ))}
            {last < events.length && <Gap rows={events.length - last} />}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The room of the rows that are not in the document. */
function Gap({ rows }: { rows: number }) {
  return (
    <tr class="gap">
      <td colSpan={6} style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}

interface EventRowProps {
  event: ShownEvent;
  place: number;
  isSelected: boolean;
  /** Whether the tab key leads here: to one row of all. */
  isReached: boolean;
}

function EventRow({ event, place, isSelected, isReached }: EventRowProps) {
  return (
    <tr
      aria-rowindex={place + 2}
      aria-current={isSelected ? "true" : undefined}
      class={isSelected ? "selected" : undefined}
      onClick={() => select(event)}
    >
      <td class="time">{timeText(event.at)}</td>
      <td>
        <span class={`op ${event.op}`}>{event.op}</span>
      </td>
      <td>{event.table}</td>
      <td>
        <button type="button" class="link" tabIndex={isReached ? 0 : -1}>
          {event.key}
        </button>
      </td>
      <td class="row">{rowText(event, "old")}</td>
      <td class="row">{rowText(event, "new")}</td>
    </tr>
  );
}

// A row is cut to what is in sight anyhow.
const MOST_COLUMNS = 12;

/** A row in a line: of an update what has changed, of all else what there is. */
function rowText(event: ShownEvent, side: "old" | "new") {
  const columns =
    event.op === "update"
      ? event.columns.filter(({ changed }) => changed)
      : event.columns.slice(event.keyColumns).filter((column) => column[side] !== null);
  if (event.ref !== undefined) {
    return side === "new" ? <span class="quiet">too large for the stream</span> : "";
  }
  if (columns.length === 0) {
    return <span class="quiet">–</span>;
  }
  return columns.slice(0, MOST_COLUMNS).map((column) => (
    <span key={column.name} class="pair">
      <span class="name">{column.name}</span> <Value column={column} side={side} />
    </span>
  ));
}

function Value({ column, side }: { column: ShownColumn; side: "old" | "new" }) {
  const value = column[side];
  if (value === null) {
    return <span class="quiet">∅</span>;
  }
  return column.changed ? (
    <mark class={side}>{value === "" ? "“”" : value}</mark>
  ) : (
    <span>{value === "" ? "“”" : value}</span>
  );
}
