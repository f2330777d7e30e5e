/** What a sandbox says about itself while it starts, runs and ends. */
export interface SandboxProgress {
  /** `done` and `note` inform, `warning` asks for attention, `live` is under way just now. */
  kind: "done" | "note" | "warning" | "live";
  /** One line, without a full stop. */
  text: string;
}
