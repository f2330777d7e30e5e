import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { type MiniStack, startMiniStack } from "../../sandbox/ministack";
import { ManagedProcess } from "../../sandbox/process";
import { temporaryFolder } from "./temporaryFolder";
import { tools } from "./tools";

/** A record as the function saw it. */
export interface Delivered {
  sequence: string;
  key: string;
  value: string;
}

/** One invocation as the function saw it. */
export interface Invocation {
  pid: number;
  records: Delivered[];
}

/** How the test function answers; it reads this anew with every event. */
export interface Behaviour {
  /** Throw while a record with one of these values is in the batch. */
  throwOn?: string[];
  /** Report the records with these values as failed. */
  failOn?: string[];
  /** Wait for so long, in milliseconds. */
  delayMs?: number;
  /** Answer with this in place of the list of failures. */
  answer?: unknown;
}

/** The test function's code: it writes down what it gets and behaves as its control file says. */
const HANDLER = `
const fs = require("node:fs");
exports.handler = async (event, context) => {
  const records = (event.Records ?? []).map(({ dynamodb }) => ({
    sequence: dynamodb.SequenceNumber,
    key: dynamodb.Keys.id.S,
    value: dynamodb.NewImage?.value?.S ?? "",
  }));
  fs.appendFileSync(process.env.TRACE_FILE, JSON.stringify({ pid: process.pid, records }) + "\\n");
  const control = JSON.parse(fs.readFileSync(process.env.CONTROL_FILE, "utf8"));
  if (control.delayMs) await new Promise((resolve) => setTimeout(resolve, control.delayMs));
  if (records.some(({ value }) => control.throwOn?.includes(value))) throw new Error("told to");
  if ("answer" in control) return control.answer;
  const failed = records.filter(({ value }) => control.failOn?.includes(value));
  return { batchItemFailures: failed.map(({ sequence }) => ({ itemIdentifier: sequence })) };
};`;

/** A zip with these files. */
export function zip(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

/** Repeats a question until it has an answer. @throws Error with `what` after the deadline */
export async function eventually<T>(
  what: string,
  question: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** MiniStack, the Lambda stand-in and a function whose deliveries the test can see. */
export class LambdaBench {
  readonly folder = temporaryFolder();
  readonly credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  private readonly traceFile = join(this.folder, "trace.jsonl");
  private readonly controlFile = join(this.folder, "control.json");
  private ministack: MiniStack | undefined;
  private process: ManagedProcess | undefined;
  private port = 0;

  /** MiniStack's address. */
  get endpoint(): string {
    return this.ministack?.endpoint ?? "";
  }

  get lambdaEndpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The process id of the Lambda stand-in. */
  get pid(): number {
    return this.process?.pid ?? 0;
  }

  get dynamoDb(): DynamoDBClient {
    return new DynamoDBClient({
      endpoint: this.endpoint,
      region: "us-east-1",
      credentials: this.credentials,
    });
  }

  get lambda(): LambdaClient {
    const { lambdaEndpoint: endpoint, credentials } = this;
    return new LambdaClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  }

  async start(): Promise<void> {
    this.behave({});
    await this.startMiniStack();
    await this.startLambda();
  }

  /** Starts the Lambda stand-in, on its last port after a restart. */
  async startLambda(): Promise<void> {
    const child = new ManagedProcess(
      {
        name: "the Lambda stand-in",
        command: process.execPath,
        args: [join(__dirname, "..", "..", "sandbox", "lambda", "main.js")],
        env: {
          ROWSTREAM_STATE_DIR: join(this.folder, "lambda"),
          ROWSTREAM_PORT: String(this.port),
          AWS_ENDPOINT_URL: this.endpoint,
          AWS_REGION: "us-east-1",
          SECRET_OF_THE_PARENT: "must not reach a function",
        },
        logFile: join(this.folder, "lambda.log"),
      },
      "pipe",
    );
    this.process = child;
    const line = await Promise.race([
      new Promise<string>((resolve) => {
        createInterface({ input: child.child.stdout as Readable }).once("line", resolve);
      }),
      child.exited.then(() => Promise.reject(child.failure("ended at its start"))),
    ]);
    this.port = (JSON.parse(line) as { port: number }).port;
  }

  async stopLambda(signal?: NodeJS.Signals): Promise<void> {
    await this.process?.stop(signal);
  }

  async stopMiniStack(): Promise<void> {
    await this.ministack?.stop();
  }

  async startMiniStack(): Promise<void> {
    const stateDir = join(this.folder, "ministack");
    this.ministack = await startMiniStack({ executable: tools().ministack, stateDir, keep: true });
  }

  async stop(): Promise<void> {
    await this.stopLambda();
    await this.stopMiniStack();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a table with a stream. @returns the stream's ARN */
  async createTable(name: string): Promise<string> {
    const { TableDescription } = await this.dynamoDb.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    return TableDescription?.LatestStreamArn ?? "";
  }

  async disableStream(table: string): Promise<void> {
    await this.dynamoDb.send(
      new UpdateTableCommand({ TableName: table, StreamSpecification: { StreamEnabled: false } }),
    );
  }

  /** Turns a table's stream on again. @returns the new stream's ARN */
  async enableStream(table: string): Promise<string> {
    const { TableDescription } = await this.dynamoDb.send(
      new UpdateTableCommand({
        TableName: table,
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    return TableDescription?.LatestStreamArn ?? "";
  }

  /** Writes values to an item, one after the other. */
  async put(table: string, id: string, ...values: string[]): Promise<void> {
    for (const value of values) {
      await this.dynamoDb.send(
        new PutItemCommand({ TableName: table, Item: { id: { S: id }, value: { S: value } } }),
      );
    }
  }

  /** Deploys the test function, or other code, and waits until it can be invoked. */
  async createFunction(
    name: string,
    files: Record<string, string> = { "index.js": HANDLER },
    timeout = 10,
  ): Promise<void> {
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: "arn:aws:iam::000000000000:role/test",
        Runtime: "nodejs20.x",
        Handler: "index.handler",
        Timeout: timeout,
        MemorySize: 256,
        Code: { ZipFile: zip(files) },
        Environment: { Variables: { TRACE_FILE: this.traceFile, CONTROL_FILE: this.controlFile } },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: this.lambda, maxWaitTime: 10, minDelay: 1, maxDelay: 1 },
      { FunctionName: name },
    );
  }

  /** Maps a stream to a function and waits until it is in force. @returns its UUID */
  async createMapping(
    input: Omit<CreateEventSourceMappingCommandInput, "StartingPosition">,
  ): Promise<string> {
    const { UUID } = await this.lambda.send(
      new CreateEventSourceMappingCommand({ StartingPosition: "TRIM_HORIZON", ...input }),
    );
    await this.untilState(UUID ?? "", "Enabled");
    return UUID ?? "";
  }

  /** Deletes every mapping and waits until they are gone. */
  async deleteMappings(): Promise<void> {
    this.behave({});
    const list = async () =>
      (await this.lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings ?? [];
    for (const { UUID } of await list()) {
      await this.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    }
    await eventually("no mapping is left", async () => ((await list()).length === 0 ? true : undefined));
  }

  /** A mapping's last result. */
  async lastResult(uuid: string): Promise<string> {
    const mapping = await this.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
    return mapping.LastProcessingResult ?? "";
  }

  /** Waits until a mapping is in a state. */
  async untilState(uuid: string, state: string): Promise<void> {
    await eventually(`mapping ${uuid} is ${state}`, async () => {
      const mapping = await this.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return mapping.State === state ? true : undefined;
    });
  }

  /** Says how the test function behaves from its next event on. */
  behave(behaviour: Behaviour): void {
    // In one step: the function may be reading it.
    writeFileSync(`${this.controlFile}.next`, JSON.stringify(behaviour));
    renameSync(`${this.controlFile}.next`, this.controlFile);
  }

  /** Every invocation so far. */
  invocations(): Invocation[] {
    if (!existsSync(this.traceFile)) {
      return [];
    }
    const lines = readFileSync(this.traceFile, "utf8").split("\n");
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Invocation);
  }

  /** Forgets the invocations so far. */
  clear(): void {
    writeFileSync(this.traceFile, "");
  }

  /** The values that one item's deliveries carried, in order, repeats included. */
  valuesOf(id: string): string[] {
    return this.invocations().flatMap(({ records }) =>
      records.filter((record) => record.key === id).map((record) => record.value),
    );
  }

  /** The stand-in's own log. */
  logText(): string {
    return readFileSync(join(this.folder, "lambda.log"), "utf8");
  }

  /** What a function wrote to its log. */
  functionLog(name: string): string {
    const file = join(this.folder, "lambda", "logs", `${name}.log`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }
}
