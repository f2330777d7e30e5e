import { toggled } from "../model/eventFilter";
import { agoText, countText, durationText, rateText } from "../model/text";
import type { PipelineTable, PipelineView } from "../model/wire";
import { changeFilter, filter, seconds, totals } from "../store";

/** What is known of each table; its name chooses it for the list of events. */
export function Tables({ view }: { view: PipelineView }) {
  return (
    <div class="card tables">
      <h2 id="tables-title">Tables</h2>
      {view.tables.length === 0 ? (
        <p class="empty">No table is replicated yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
        <section class="scrolling" tabIndex={0} aria-labelledby="tables-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Table</th>
                <th scope="col" class="number" title="Rows that the full load brought">
                  Loaded
                </th>
                <th scope="col" class="number" title="Changes that DMS has applied since">
                  Applied
                </th>
                <th scope="col" class="number">
                  Events
                </th>
                <th scope="col" class="number">
                  Rate
                </th>
                <th scope="col" class="number" title="From the table to the change stream, in the median">
                  Latency
                </th>
                <th scope="col" class="number">
                  Last
                </th>
              </tr>
            </thead>
            <tbody>
              {view.tables.map((table) => (
                <TableLine key={table.name} table={table} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

function TableLine({ table }: { table: PipelineTable }) {
  const counts = totals.value.tables[table.name];
  const now = (seconds.value.at(-1)?.at ?? 0) * 1_000 + 1_000;
  const number = (value: number | null | undefined, text: (value: number) => string) =>
    value === null || value === undefined ? "–" : text(value);
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="link"
          aria-pressed={filter.value.tables.has(table.name)}
          onClick={() => changeFilter({ tables: toggled(filter.value.tables, table.name) })}
        >
          {table.name}
        </button>
        <span class={`state ${table.health}`}>
          <span class="dot" aria-hidden="true" />
          {table.published ? (table.state ?? "not known") : "left out of the events"}
        </span>
      </th>
      <td class="number">{number(table.rows, countText)}</td>
      <td class="number">{number(table.applied, countText)}</td>
      <td class="number">{countText(counts?.events ?? 0)}</td>
      <td class="number">{rateText(counts?.perSecond ?? 0)}</td>
      <td class="number">{number(counts?.latency?.median, durationText)}</td>
      <td class="number">{number(counts?.lastAt, (at) => agoText(Math.max(0, now - at)))}</td>
    </tr>
  );
}
