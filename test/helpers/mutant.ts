import { readFileSync } from "node:fs";
import Module from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import type { Process } from "./guarantee";
import { ROOT } from "./tools";

/** A change of one of the fan-in's sources. */
export interface Mutation {
  /** In `functions/`. */
  file: string;
  /** The text that is replaced; it must be there exactly once. */
  from: string;
  to: string;
}

const FUNCTIONS = join(ROOT, "functions");

/**
 * The fan-in's logic from its real sources, with one text replaced.
 * @throws Error where the text is not there, or more than once: the sources have moved on, and the mutation must too
 */
export async function mutant({ file, from, to }: Mutation): Promise<Process> {
  const source = readFileSync(join(FUNCTIONS, file), "utf8");
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`functions/${file} has ${JSON.stringify(from)} ${parts.length - 1} times, not once`);
  }
  const { outputFiles } = await build({
    entryPoints: [join(FUNCTIONS, "processBatch.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    plugins: [
      {
        name: "mutation",
        setup(setUp) {
          setUp.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(FUNCTIONS, file) ? { contents: parts.join(to), loader: "ts" } : undefined,
          );
        },
      },
    ],
  });
  const module = new Module(file) as Module & { _compile(code: string, file: string): void };
  module._compile(outputFiles[0]?.text ?? "", join(FUNCTIONS, `${file}.mutant.js`));
  return (module.exports as { processBatch: Process }).processBatch;
}
