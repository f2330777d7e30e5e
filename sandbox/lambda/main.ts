/**
 * The Lambda stand-in: AWS Lambda's API, its Node runtime and its event source mappings on one machine.
 * A process of the sandbox: settings come by environment (settings.ts), one line of JSON on standard output says
 * that it listens, its log goes to standard error, and it ends with SIGTERM or when its input closes.
 */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AwsHttp } from "../awsHttp";
import { FunctionStore } from "./functionStore";
import { log, messageOf } from "./log";
import { MappingRunner } from "./mapping/mappingRunner";
import { MappingStore } from "./mapping/mappingStore";
import type { LambdaService } from "./operation";
import { RoleSessions } from "./roleSessions";
import { FunctionRuntime } from "./runtime/functionRuntime";
import { createLambdaServer } from "./server";
import { readSettings } from "./settings";

/** How long an ordered end may take before the process just ends, in milliseconds; nothing durable depends on it. */
const STOP_MS = 3_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const aws = new AwsHttp(settings);
  const functions = new FunctionStore(join(settings.stateDirectory, "functions"));
  const mappings = new MappingStore(join(settings.stateDirectory, "mappings"));
  const sessions = new RoleSessions(settings);
  const runtime = new FunctionRuntime(functions, settings, aws, sessions);
  const runner = new MappingRunner({ settings, aws, sessions, functions, runtime, mappings });
  let port = 0;
  const address = () => `http://127.0.0.1:${port}`;
  const service: LambdaService = { settings, aws, sessions, functions, runtime, mappings, runner, address };
  const server = createLambdaServer(service);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port, "127.0.0.1", resolve);
  });
  port = (server.address() as AddressInfo).port;
  // Functions reach this server too, as they would reach Lambda.
  settings.functionEnvironment.AWS_ENDPOINT_URL_LAMBDA ??= address();

  let ending = false;
  const end = (why: string) => {
    if (ending) {
      return;
    }
    ending = true;
    log("info", `ending: ${why}`);
    server.close();
    setTimeout(() => process.exit(0), STOP_MS).unref();
    const stopped = runner.stop();
    // A function that is running has its result counted if it ends in time; it must not outlive this process.
    setTimeout(() => runtime.stop(), STOP_MS / 2).unref();
    stopped
      .catch((error: unknown) => log("error", messageOf(error)))
      .finally(() => {
        runtime.stop();
        process.exit(0);
      });
  };
  process.once("SIGTERM", () => end("SIGTERM"));
  process.once("SIGINT", () => end("SIGINT"));
  process.stdin.resume().once("close", () => end("the input is closed"));

  runner.resume();
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`);
  log("info", `listening on ${address()}`);
}

main().catch((error: unknown) => {
  log("error", messageOf(error));
  process.exit(1);
});
