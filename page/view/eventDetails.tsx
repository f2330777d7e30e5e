import { counted, durationText } from "../model/text";
import type { ShownEvent } from "../model/wire";
import { detailed, resume, selected } from "../store";
import { timeText } from "./time";

/** One event in full: both rows, column by column. */
export function EventDetails() {
  const event = detailed.value;
  if (!event) {
    return null;
  }
  return (
    <section class="details" aria-labelledby="details-title">
      <div class="heading">
        <h3 id="details-title">
          <span class="which">{selected.value ? "Selected" : "Newest"}</span>
          <span class={`op ${event.op}`}>{event.op}</span> {event.table} <span class="key">{event.key}</span>
        </h3>
        <p class="quiet">{facts(event)}</p>
        {selected.value && (
          <button type="button" class="link" onClick={resume}>
            Back to the newest
          </button>
        )}
      </div>
      {event.ref !== undefined && (
        <p class="quiet">Too large for the stream: the whole event is in {event.ref}</p>
      )}
      {event.columns.length > 0 && <Rows event={event} />}
      {event.hidden > 0 && <p class="quiet">{counted(event.hidden, "more column")}, not shown.</p>}
    </section>
  );
}

function Rows({ event }: { event: ShownEvent }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section class="scrolling" tabIndex={0} aria-label="Columns of the event">
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Old</th>
            <th scope="col">New</th>
          </tr>
        </thead>
        <tbody>
          {event.columns.map(({ name, old, new: after, changed }) => (
            <tr key={name} class={changed ? "changed" : undefined}>
              <th scope="row">
                {name}
                {changed && <span class="unseen"> (changed)</span>}
              </th>
              <td>{cell(old, changed, "old")}</td>
              <td>{cell(after, changed, "new")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cell(value: string | null, changed: boolean, side: "old" | "new") {
  if (value === null) {
    return <span class="quiet">∅</span>;
  }
  return changed ? <mark class={side}>{value}</mark> : value;
}

function facts({ at, latencyMs, id }: ShownEvent): string {
  const latency = latencyMs === null ? "" : `${durationText(latencyMs)} to the stream`;
  return [timeText(at), latency, id].filter(Boolean).join(" · ");
}
