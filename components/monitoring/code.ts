import type { InspectedTable } from "../../functions/inspection";

/** What the schedule calls. */
export type InspectorHandler = ReturnType<typeof import("../../functions/inspector").createInspector>;

/** The function that Pulumi serializes, as short as the fan-in's and for the same reasons; `tables` is captured. */
export function inspectorCallback(tables: readonly InspectedTable[]): () => InspectorHandler {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createInspector } =
      require("./dist/lambda/inspector.js") as typeof import("../../functions/inspector");
    return createInspector(process.env, tables);
  };
}
