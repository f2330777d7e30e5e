import { countText, durationText, rateText } from "../model/text";
import { connection, pipeline, totals } from "../store";

const STATES = {
  connecting: { text: "Connecting", health: "waiting" },
  open: { text: "Live", health: "good" },
  lost: { text: "Disconnected", health: "bad" },
} as const;

/** What this is a page of, and the numbers that sum it up. */
export function Header() {
  const view = pipeline.value;
  const state = STATES[connection.value];
  const { events, perSecond, latency } = totals.value;
  return (
    <header class="top">
      <h1>
        <img src="icon.svg" alt="" width="28" height="28" />
        rowstream
      </h1>
      {view && (
        <p class="stack">
          <strong>{view.stack}</strong>
          <span>{view.sandbox ? "on this machine" : view.region}</span>
        </p>
      )}
      <dl class="sum">
        <div>
          <dt>Events</dt>
          <dd>{countText(events)}</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd>{rateText(perSecond)}</dd>
        </div>
        <div>
          <dt>Latency</dt>
          <dd>{latency === null ? "–" : durationText(latency.median)}</dd>
        </div>
      </dl>
      <p class={`state ${state.health}`}>
        <span class="dot" aria-hidden="true" />
        {state.text}
      </p>
    </header>
  );
}
