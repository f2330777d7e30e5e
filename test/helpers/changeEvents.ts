import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";

/** A change event as a consumer in JavaScript reads it: numbers as doubles. */
export interface ReceivedEvent {
  id: string;
  op: "insert" | "update" | "delete" | "load";
  source: { name: string; engine: string; schema: string; table: string };
  key: Record<string, unknown>;
  old: Record<string, unknown> | null;
  new: Record<string, unknown> | null;
  changed: string[];
  at: string;
  sequence: string;
}

const SCHEMA = join(__dirname, "..", "..", "..", "functions", "changeEvent.schema.json");

/** Reads a change stream from its beginning on, and holds each event to the JSON Schema. */
export class ChangeEvents {
  /** Every event so far, in the order of its shard. */
  readonly all: ReceivedEvent[] = [];
  private readonly client: KinesisClient;
  private readonly streamName: string;
  private readonly validate;
  private iterators: string[] | undefined;

  /** @param environment leads to the sandbox */
  constructor(environment: Record<string, string>, streamName: string) {
    this.client = new KinesisClient({
      endpoint: environment.AWS_ENDPOINT_URL ?? "",
      region: environment.AWS_REGION ?? "",
      credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
      requestHandler: new NodeHttpHandler(),
    });
    this.streamName = streamName;
    const ajv = new Ajv2020({ allErrors: true });
    addFormats(ajv);
    this.validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));
  }

  /** Takes in what has come since the last call. @throws Error where an event breaks the schema */
  async read(): Promise<ReceivedEvent[]> {
    this.iterators ??= await this.begin();
    const next: string[] = [];
    for (const ShardIterator of this.iterators) {
      const { Records, NextShardIterator } = await this.client.send(new GetRecordsCommand({ ShardIterator }));
      for (const { Data } of Records ?? []) {
        this.take(Buffer.from(Data ?? []).toString("utf8"));
      }
      if (NextShardIterator !== undefined) {
        next.push(NextShardIterator);
      }
    }
    this.iterators = next;
    return this.all;
  }

  private async begin(): Promise<string[]> {
    const { Shards } = await this.client.send(new ListShardsCommand({ StreamName: this.streamName }));
    const iterators = (Shards ?? []).map(async ({ ShardId }) => {
      const { ShardIterator } = await this.client.send(
        new GetShardIteratorCommand({
          StreamName: this.streamName,
          ShardId,
          ShardIteratorType: "TRIM_HORIZON",
        }),
      );
      return ShardIterator ?? "";
    });
    return Promise.all(iterators);
  }

  private take(text: string): void {
    if (!text.endsWith("\n") || text.slice(0, -1).includes("\n")) {
      throw new Error(`not one line: ${JSON.stringify(text)}`);
    }
    const event: unknown = JSON.parse(text);
    if (!this.validate(event)) {
      throw new Error(`not as the schema has it: ${JSON.stringify(this.validate.errors)}: ${text}`);
    }
    this.all.push(event as ReceivedEvent);
  }
}
