import { batch, computed, signal } from "@preact/signals";
import { EVERYTHING, type EventFilter, eventTest, isEverything } from "./model/eventFilter";
import { EventRing } from "./model/eventRing";
import { withSecond } from "./model/seconds";
import type { EventFrame, Hello, PipelineView, Second, SecondFrame, ShownEvent, Totals } from "./model/wire";

/** How many events the page holds, and how many characters of them: some 40 MB at most. */
const KEPT_EVENTS = 2_000;
const KEPT_CHARACTERS = 10_000_000;

/** Whether the server is there: `lost` while the page tries to reach it again. */
export type ConnectionState = "connecting" | "open" | "lost";

export const connection = signal<ConnectionState>("connecting");
export const pipeline = signal<PipelineView | undefined>(undefined);
export const totals = signal<Totals>({ events: 0, perSecond: 0, latency: null, foreign: 0, tables: {} });
export const seconds = signal<Second[]>([]);
export const filter = signal<EventFilter>(EVERYTHING);
/** Events that the server left out for this page, because it did not keep up. */
export const dropped = signal<number>(0);
/** The event that the details are of; undefined for the newest. */
export const selected = signal<ShownEvent | undefined>(undefined);
/** The events that the list stands still at, newest first; undefined while it follows. */
const held = signal<ShownEvent[] | undefined>(undefined);
/** Counts the changes of the ring, which is no signal itself. */
const ringVersion = signal<number>(0);

const ring = new EventRing(KEPT_EVENTS, KEPT_CHARACTERS);
let run = "";
let willRedraw = false;

export const paused = computed(() => held.value !== undefined);

/** The events that the list shows, newest first. */
export const shown = computed<ShownEvent[]>(() => {
  ringVersion.value;
  const events = held.value ?? ring.newestFirst();
  return isEverything(filter.value) ? events : events.filter(eventTest(filter.value));
});

/** How many events have come since the list stands still. */
export const waiting = computed(() => {
  ringVersion.value;
  const newest = held.value?.[0]?.n;
  return newest === undefined ? 0 : (ring.newest?.n ?? newest) - newest;
});

/** The event of the details: the selected one, or the newest that the filter lets through, once a second. */
export const detailed = computed<ShownEvent | undefined>(() => {
  seconds.value;
  filter.value;
  return selected.value ?? shown.peek()[0];
});

export function receiveHello(hello: Hello): void {
  batch(() => {
    if (hello.run !== run) {
      run = hello.run;
      ring.clear();
      dropped.value = 0;
      resume();
    }
    pipeline.value = hello.pipeline;
    totals.value = hello.totals;
    seconds.value = hello.seconds;
    add(hello.events);
  });
}

export function receiveEvents(frame: EventFrame): void {
  dropped.value += frame.dropped;
  add(frame.events);
}

export function receiveSecond(frame: SecondFrame): void {
  batch(() => {
    totals.value = frame.totals;
    seconds.value = withSecond(seconds.value, frame.second);
  });
}

/** The list stands still from now on; what comes is kept meanwhile. */
export function pause(): void {
  held.value ??= ring.newestFirst();
}

/** The list follows again, and the details show what is new. */
export function resume(): void {
  batch(() => {
    held.value = undefined;
    selected.value = undefined;
  });
}

/** Shows the details of an event. The list stands still meanwhile: it would run away from the reader. */
export function select(event: ShownEvent): void {
  batch(() => {
    pause();
    selected.value = event;
  });
}

export function changeFilter(change: Partial<EventFilter>): void {
  filter.value = { ...filter.value, ...change };
}

/** Takes in events that are not here yet; drawn with the next frame of the screen, and not before it. */
function add(events: readonly ShownEvent[]): void {
  const newest = ring.newest?.n ?? 0;
  for (const event of events) {
    if (event.n > newest) {
      ring.add(event);
    }
  }
  if (!willRedraw) {
    willRedraw = true;
    requestAnimationFrame(() => {
      willRedraw = false;
      ringVersion.value += 1;
    });
  }
}
