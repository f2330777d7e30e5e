import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** A record of a Kinesis stream. */
export interface StreamEntry {
  text: string;
  /** When Kinesis took it in, in milliseconds since 1970. */
  arrivedAt: number;
}

/** Reads the records of a Kinesis stream as text, from its beginning on. */
export class StreamLines {
  private readonly client: KinesisClient;
  private iterators: string[] | undefined;

  /** @param environment leads to the sandbox */
  constructor(
    environment: Record<string, string>,
    private readonly streamName: string,
  ) {
    this.client = new KinesisClient({
      endpoint: environment.AWS_ENDPOINT_URL ?? "",
      region: environment.AWS_REGION ?? "",
      credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
      requestHandler: new NodeHttpHandler(),
    });
  }

  /** What has come since the last call, each shard's records in its order. */
  async read(): Promise<string[]> {
    return (await this.readEntries()).map(({ text }) => text);
  }

  /** The same, with the time of each record. */
  async readEntries(): Promise<StreamEntry[]> {
    this.iterators ??= await this.begin();
    const entries: StreamEntry[] = [];
    const next: string[] = [];
    for (const ShardIterator of this.iterators) {
      const { Records, NextShardIterator } = await this.client.send(new GetRecordsCommand({ ShardIterator }));
      for (const { Data, ApproximateArrivalTimestamp } of Records ?? []) {
        const text = Buffer.from(Data ?? []).toString("utf8");
        entries.push({ text, arrivedAt: ApproximateArrivalTimestamp?.getTime() ?? Number.NaN });
      }
      if (NextShardIterator !== undefined) {
        next.push(NextShardIterator);
      }
    }
    this.iterators = next;
    return entries;
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
}
