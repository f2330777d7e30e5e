import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { commandLine, type Handlers } from "./commandLine";
import type { Context } from "./context";
import { EXIT } from "./exitCodes";
import { ROOT } from "./layout";
import { errorText } from "./render/errorText";

// The AWS SDK warns on every start that its next versions need a newer Node; package.json pins the ones used here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Runs one command to its end and sets the process's exit code. */
async function main(argv: readonly string[]): Promise<void> {
  let context: Context | undefined;
  // The serializer and the engine both go by the working directory; the user may be anywhere in the checkout.
  const open = async (): Promise<Context> => {
    process.chdir(ROOT);
    context = (await import("./context.js")).createContext();
    return context;
  };
  const handlers: Handlers = {
    sandbox: async (options) => (await import("./commands/sandbox.js")).sandbox(await open(), options),
    init: async (options) => (await import("./commands/init.js")).init(await open(), options),
    up: async (options) => (await import("./commands/up.js")).up(await open(), options),
    preview: async (options) => (await import("./commands/preview.js")).preview(await open(), options),
    refresh: async (options) => (await import("./commands/refresh.js")).refresh(await open(), options),
    destroy: async (options) => (await import("./commands/destroy.js")).destroy(await open(), options),
    tables: async (options) => (await import("./commands/tables.js")).tables(await open(), options),
    status: async (options) => (await import("./commands/status.js")).status(await open(), options),
    cost: async (options) => (await import("./commands/cost.js")).cost(await open(), options),
    tail: async (options) => (await import("./commands/tail.js")).tail(await open(), options),
    watch: async (options) => (await import("./commands/watch.js")).watch(await open(), options),
    types: async (options) => (await import("./commands/types.js")).types(await open(), options),
    redrive: async (options) => (await import("./commands/redrive.js")).redrive(await open(), options),
    reload: async (table, options) =>
      (await import("./commands/reload.js")).reload(await open(), table, options),
    verify: async (options) => (await import("./commands/verify.js")).verify(await open(), options),
    doctor: async (options) => (await import("./commands/doctor.js")).doctor(await open(), options),
    env: async () => (await import("./commands/env.js")).env(),
  };
  try {
    await commandLine(handlers, version()).parseAsync(argv);
  } catch (error) {
    process.exitCode = fail(error, context);
  }
  context?.progress.close();
  const asked = context?.interrupt.exitCode();
  // Keep-alive sockets and the language host's handles may outlive the work.
  process.exit(asked ?? process.exitCode ?? EXIT.ok);
}

/** Says what went wrong; answers with the exit code. */
function fail(error: unknown, context: Context | undefined): number {
  if (error instanceof CommanderError) {
    // It has printed its message already; help and version end with code 0.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  context?.progress.close();
  const name = error instanceof Error ? error.name : "";
  process.stderr.write(errorText(error));
  return name === "UsageError" ? EXIT.usage : EXIT.failure;
}

function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string }).version;
}

void main(process.argv);
