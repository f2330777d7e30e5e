import { EVERYTHING, isEverything, toggled } from "../model/eventFilter";
import { counted } from "../model/text";
import { OPERATIONS, type PipelineView } from "../model/wire";
import { changeFilter, filter, pause, paused, resume, totals, waiting } from "../store";

/** What is to be seen in the list, and whether it moves. */
export function EventTools({ view }: { view: PipelineView }) {
  const { tables, operations, text } = filter.value;
  const names = [
    ...new Set([...view.tables.map(({ name }) => name), ...Object.keys(totals.value.tables)]),
  ].sort();
  const [only] = tables.size === 1 ? tables : [];
  return (
    <div class="tools">
      <h2 id="events-title">Events</h2>
      <button type="button" class="pause" onClick={() => (paused.value ? resume() : pause())}>
        {paused.value ? "Resume" : "Pause"}
      </button>
      <span class="waiting">{paused.value && `${counted(waiting.value, "new event")}`}</span>
      <fieldset>
        <legend class="unseen">Operations</legend>
        {OPERATIONS.map((operation) => (
          <button
            key={operation}
            type="button"
            class={`chip ${operation}`}
            aria-pressed={operations.has(operation)}
            onClick={() => changeFilter({ operations: toggled(operations, operation) })}
          >
            {operation}
          </button>
        ))}
      </fieldset>
      <select
        aria-label="Table"
        value={tables.size > 1 ? "several" : (only ?? "")}
        onChange={({ currentTarget: { value } }) =>
          changeFilter({ tables: new Set(value === "" ? [] : [value]) })
        }
      >
        <option value="">All tables</option>
        {tables.size > 1 && (
          <option value="several" disabled>
            {tables.size} tables
          </option>
        )}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label="Search"
        placeholder="Search keys, columns, values"
        value={text}
        onInput={({ currentTarget: { value } }) => changeFilter({ text: value })}
      />
      {!isEverything(filter.value) && (
        <button type="button" class="link" onClick={() => changeFilter(EVERYTHING)}>
          Clear
        </button>
      )}
    </div>
  );
}
