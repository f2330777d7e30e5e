/**
 * The DMS stand-in's process. Its configuration is its environment: AWS_ENDPOINT_URL (STS, DynamoDB, CloudWatch
 * Logs, Secrets Manager), AWS_REGION, ROWSTREAM_STATE_DIR (required), ROWSTREAM_PORT (default: any free one),
 * ROWSTREAM_DMS_STATE_DELAY_MS (how long each passing state lasts, default 100) and ROWSTREAM_DMS_BEHAVIOUR. It says
 * on standard output, in one line, where it listens, and ends on SIGTERM or when its standard input closes.
 */
import type { AddressInfo } from "node:net";
import { parseBehaviour } from "./behaviour";
import { Jobs } from "./jobs";
import { processLog } from "./log";
import { DmsRoles } from "./roles";
import { createDmsServer } from "./server";
import { DmsService } from "./service";
import { Store } from "./store";

const HOST = "127.0.0.1";
const ACCOUNT_ID = "000000000000";
const DEFAULT_STATE_DELAY_MS = 100;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The endpoint of the local AWS. @throws Error where it is missing or may be somebody's real account */
function localEndpoint(text: string | undefined): string {
  if (text === undefined || !URL.canParse(text) || !LOOPBACK.has(new URL(text).hostname)) {
    throw new Error(
      `AWS_ENDPOINT_URL must be a URL of this machine, for example http://127.0.0.1:4566; it is ${text}`,
    );
  }
  return text;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set`);
  }
  return value;
}

function startService(): DmsService {
  const endpoint = localEndpoint(process.env.AWS_ENDPOINT_URL);
  const region = process.env.AWS_REGION ?? "us-east-1";
  const store = new Store(required("ROWSTREAM_STATE_DIR"));
  const behaviour = parseBehaviour(process.env.ROWSTREAM_DMS_BEHAVIOUR);
  const roles = new DmsRoles({ endpoint, region, accountId: ACCOUNT_ID });
  return new DmsService({
    store,
    jobs: new Jobs(store, roles, behaviour, processLog),
    roles,
    log: processLog,
    region,
    accountId: ACCOUNT_ID,
    stateDelayMs: Number(process.env.ROWSTREAM_DMS_STATE_DELAY_MS ?? DEFAULT_STATE_DELAY_MS),
  });
}

function main(): void {
  const service = startService();
  const server = createDmsServer(service);
  let ending = false;
  const end = () => {
    if (!ending) {
      ending = true;
      server.close();
      server.closeAllConnections();
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          processLog.error("the end was not orderly", error);
          process.exit(1);
        },
      );
    }
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.stdin.once("end", end);
  process.stdin.once("close", end);
  process.stdin.resume();
  server.once("error", (error) => {
    processLog.error("the server failed", error);
    process.exit(1);
  });
  server.listen(Number(process.env.ROWSTREAM_PORT ?? 0), HOST, () => {
    service.recover();
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ ready: true, port, url: `http://${HOST}:${port}` })}\n`);
  });
}

try {
  main();
} catch (error) {
  processLog.info((error as Error).message);
  process.exit(1);
}
