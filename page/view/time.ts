const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A time of day in the reader's zone: `14:15:04`. */
export function timeText(at: number | null): string {
  return at === null ? "–" : TIME.format(at);
}
