/** What Lambda calls: a batch of a table's stream in, the records that failed out. */
export type FanInHandler = ReturnType<typeof import("../../functions/fanIn").createHandler>;

/**
 * The function that Pulumi serializes. Its text is all that is serialized, so it stays these few lines: a captured
 * function runs several times slower than a module, and much of JavaScript does not survive the capture. It runs
 * once a cold start; `sources` is captured by value, so a table more or less updates the function.
 */
export function fanInCallback(sources: string): () => FanInHandler {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createHandler } = require("./dist/lambda/fanIn.js") as typeof import("../../functions/fanIn");
    return createHandler(process.env, sources);
  };
}
