import { computed, useSignal, useSignalEffect } from "@preact/signals";
import { isEverything } from "../model/eventFilter";
import { counted } from "../model/text";
import { connection, filter, paused, shown } from "../store";

// What is typed into the search is not announced letter by letter.
const QUIET_MS = 600;

const text = computed(() => {
  if (connection.value === "lost") {
    return "Disconnected. Trying again.";
  }
  const state = paused.value ? "The list of events is paused." : "";
  const found = isEverything(filter.value)
    ? ""
    : `${counted(shown.peek().length, "event")} match the filter.`;
  return [state, found].filter(Boolean).join(" ");
});

/** Tells a screen reader what the reader's own doing has led to; never each event. */
export function Announcer() {
  const said = useSignal("");
  useSignalEffect(() => {
    const next = text.value;
    const timer = setTimeout(() => {
      said.value = next;
    }, QUIET_MS);
    return () => clearTimeout(timer);
  });
  return (
    <div class="unseen" role="status">
      {said}
    </div>
  );
}
