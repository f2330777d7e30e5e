import type { Report } from "./report";

/** How much a bench does: what its figures are worth, or only that it still works (in CI). */
export type Size = "full" | "small";

/** A bench: everything it compares is run side by side, in one run. */
export type Bench = (size: Size, onProgress: (text: string) => void) => Promise<Report>;
