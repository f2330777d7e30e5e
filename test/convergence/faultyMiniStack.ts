/**
 * Stands in for MiniStack's executable: `node faultyMiniStack.js EXECUTABLE` starts the real one on a port of its
 * own and passes on what comes to GATEWAY_PORT, with the faults that it is told. So all parts of a sandbox, and the
 * functions that run in it, meet the same faulty AWS, and the sandbox knows nothing of it.
 */
import { spawn } from "node:child_process";
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as open,
  type ServerResponse,
} from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../helpers/seededRandom";
import {
  FAULTS_PATH,
  type FaultCounts,
  type MiniStackFault,
  type MiniStackFaults,
  NO_FAULTS,
} from "./miniStackFaults";

/** How long after it was cut off a late call is done, in milliseconds, at most. */
const LATE_MS = 3_000;

const THROTTLED = "ProvisionedThroughputExceededException";

const ITEM_ERRORS = [
  { status: 400, type: `com.amazonaws.dynamodb.v20120810#${THROTTLED}` },
  { status: 400, type: "com.amazon.coral.availability#ThrottlingException" },
  { status: 500, type: "com.amazonaws.dynamodb.v20120810#InternalServerError" },
  undefined,
];

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface PutRecordsResult {
  SequenceNumber?: string;
  ShardId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** A proxy that does what its faults say. */
class FaultyMiniStack {
  private faults = NO_FAULTS;
  private readonly counts: FaultCounts = {
    slowMs: 0,
    entry: 0,
    call: 0,
    answer: 0,
    late: 0,
    hold: 0,
    down: 0,
    items: 0,
    trimmed: 0,
  };
  private release: () => void = () => undefined;
  private released: Promise<void> = Promise.resolve();
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly port: number,
    private readonly random: () => number,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === FAULTS_PATH) {
      await this.control(request, response);
      return;
    }
    const operation = String(request.headers["x-amz-target"] ?? "");
    if (this.faults.slowMs > 0 && !request.url?.startsWith("/_ministack")) {
      this.counts.slowMs++;
      await sleep(this.random() * this.faults.slowMs);
    }
    if (operation.endsWith(".PutRecords")) {
      await this.putRecords(request, response);
    } else if (/^DynamoDB_\d+\.(\w+Item|TransactWriteItems)$/.test(operation) && this.strikes("items")) {
      await this.failItems(request, response);
    } else if (operation.endsWith(".GetShardIterator") && this.faults.trimmed) {
      await this.getShardIterator(request, response);
    } else {
      this.passOn(request, response);
    }
  }

  private async control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "PUT") {
      this.faults = JSON.parse(String(await readAll(request))) as MiniStackFaults;
      this.release();
      if (this.faults.hold) {
        this.released = new Promise((resolve) => {
          this.release = resolve;
        });
      }
    }
    response.end(JSON.stringify(this.counts));
  }

  private strikes(fault: MiniStackFault): boolean {
    const strikes = this.random() < Number(this.faults[fault]);
    if (strikes) {
      this.counts[fault]++;
    }
    return strikes;
  }

  private async putRecords(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.strikes("down")) {
      request.socket.destroy();
      return;
    }
    const body = await readAll(request);
    if (this.strikes("late")) {
      request.socket.destroy();
      await sleep(this.random() * LATE_MS);
      await this.forward(request, body);
      return;
    }
    if (this.strikes("call")) {
      refuse(response, 400, THROTTLED);
      return;
    }
    const answer = await this.putSome(request, body);
    if (this.strikes("hold")) {
      await this.released;
    }
    if (this.strikes("answer")) {
      request.socket.destroy();
      return;
    }
    send(response, answer);
  }

  /** Puts those records of a call that do not fail. */
  private async putSome(request: IncomingMessage, body: Buffer): Promise<Answer> {
    if (this.faults.entry === 0) {
      return this.forward(request, body);
    }
    const call = JSON.parse(String(body)) as { Records: unknown[] };
    const failed = call.Records.map(() => this.strikes("entry"));
    const records = call.Records.filter((_, index) => !failed[index]);
    const put =
      records.length === 0
        ? undefined
        : await this.forward(request, Buffer.from(JSON.stringify({ ...call, Records: records })));
    if (put !== undefined && put.status !== 200) {
      return put;
    }
    const results = put === undefined ? [] : (JSON.parse(String(put.body)).Records as PutRecordsResult[]);
    const all = failed.map((fails) =>
      fails ? { ErrorCode: THROTTLED, ErrorMessage: "injected" } : results.shift(),
    );
    const text = { FailedRecordCount: all.filter((result) => result?.ErrorCode).length, Records: all };
    return {
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.1" },
      body: Buffer.from(JSON.stringify(text)),
    };
  }

  private async failItems(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const error = ITEM_ERRORS[Math.floor(this.random() * ITEM_ERRORS.length)];
    if (error === undefined) {
      request.socket.destroy();
      return;
    }
    await readAll(request);
    refuse(response, error.status, error.type);
  }

  private async getShardIterator(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const { ShardIteratorType } = JSON.parse(String(body)) as { ShardIteratorType: string };
    if (ShardIteratorType === "AFTER_SEQUENCE_NUMBER") {
      this.counts.trimmed++;
      refuse(response, 400, "com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException");
      return;
    }
    send(response, await this.forward(request, body));
  }

  private forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const headers = { ...request.headers, "content-length": String(body.length) };
    return new Promise((resolve, reject) => {
      const onward = this.open(request, headers, (answer) => {
        readAll(answer).then(
          (text) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: text }),
          reject,
        );
      });
      onward.once("error", reject);
      onward.end(body);
    });
  }

  private passOn(request: IncomingMessage, response: ServerResponse): void {
    const onward = this.open(request, request.headers, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.once("error", () => response.destroy());
    response.once("close", () => onward.destroy());
    request.pipe(onward);
  }

  private open(
    { method, url: path }: IncomingMessage,
    headers: IncomingHttpHeaders,
    onAnswer: (answer: IncomingMessage) => void,
  ) {
    const { agent, port } = this;
    return open({ agent, hostname: "127.0.0.1", port, method, path, headers }, onAnswer);
  }
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: type, message: "injected" }));
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const { "transfer-encoding": _, ...kept } = headers;
  response.writeHead(status, { ...kept, "content-length": String(body.length) });
  response.end(body);
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}

async function main(executable: string): Promise<void> {
  const port = await freePort();
  const proxy = new FaultyMiniStack(port, seededRandom(Number(process.env.ROWSTREAM_TEST_SEED ?? 1)));
  const server = createServer((request, response) => {
    proxy.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(process.env.GATEWAY_PORT), "127.0.0.1", resolve);
  });
  const child = spawn(executable, [], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, GATEWAY_PORT: String(port) },
  });
  child.once("exit", (code) => process.exit(code ?? 1));
  process.once("SIGTERM", () => child.kill("SIGTERM"));
}

main(process.argv[2] ?? "").catch((error: Error) => {
  // The sandbox takes another port where it reads "already in use".
  process.stderr.write(`${error.message.replace("EADDRINUSE: ", "")}\n`);
  process.exit(1);
});
