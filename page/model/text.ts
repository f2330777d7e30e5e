const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A count: every digit up to 99,999, then `123.4K`. */
export function countText(count: number): string {
  return count < 100_000 ? WHOLE.format(count) : COMPACT.format(count);
}

/** A rate: `0.4/s`, `12/s`, `1,204/s`. */
export function rateText(perSecond: number): string {
  return `${perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : WHOLE.format(perSecond)}/s`;
}

/** A duration: `40 ms`, `1.2 s`, `3 min`, `2 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  }
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** How long ago something was: `now`, `12 s ago`. */
export function agoText(ms: number): string {
  return ms < 2_000 ? "now" : `${durationText(Math.floor(ms / 1_000) * 1_000)} ago`;
}

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** No more than so many characters, with a mark where some are left out. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
