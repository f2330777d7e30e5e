import { counted } from "../model/text";
import { connection, dropped, pipeline, totals } from "../store";

/** What a reader must know so as not to take the page for more than it is. */
export function Notices() {
  const { problem, findings } = pipeline.value ?? { problem: null, findings: [] };
  const { foreign } = totals.value;
  return (
    <div class="notices">
      {connection.value === "lost" && (
        <p class="notice bad">
          <strong>Disconnected.</strong> rowstream does not answer; the page shows what came last, and goes on
          by itself when it is back.
        </p>
      )}
      {problem !== null && (
        <p class="notice bad">
          <strong>The pipeline cannot be looked at.</strong> {problem}
        </p>
      )}
      {findings.map(({ severity, text, remedy }) => (
        <p key={text} class={`notice ${severity === "problem" ? "bad" : "waiting"}`}>
          {text}
          {remedy !== null && <span class="quiet"> – {remedy}</span>}
        </p>
      ))}
      {dropped.value > 0 && (
        <p class="notice waiting">
          <strong>{counted(dropped.value, "event")} left out of the list:</strong> this page did not keep up.
          The counts and the charts have them.
        </p>
      )}
      {foreign > 0 && (
        <p class="notice waiting">
          <strong>{counted(foreign, "record")} on the stream</strong> came from something else than rowstream,
          and cannot be shown.
        </p>
      )}
    </div>
  );
}
