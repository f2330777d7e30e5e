import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { KinesisRecord } from "../../functions/kinesisEvent";
import { StandIn } from "../../sandbox/standIn";
import { type BenchStack, ProviderBench } from "./providerBench";
import { temporaryFolder } from "./temporaryFolder";

/** What consumers are deployed into: MiniStack, the Lambda stand-in, and the real engine over the provider stand-in. */
export class ConsumerBench {
  private readonly folder = temporaryFolder();
  private provider: ProviderBench | undefined;
  private lambda: StandIn | undefined;

  /** A file for handlers to write to: a path in their environment. */
  readonly traceFile = join(this.folder, "trace.jsonl");

  async start(): Promise<void> {
    this.provider = await ProviderBench.start(async (ministack) => {
      const stateDir = join(this.folder, "lambda");
      mkdirSync(stateDir);
      this.lambda = await StandIn.start({
        name: "the Lambda stand-in",
        part: "lambda",
        stateDir,
        logFile: join(stateDir, "lambda.log"),
        env: { AWS_ENDPOINT_URL: ministack, AWS_REGION: "us-east-1" },
        onRestart: () => undefined,
        onFailure: () => undefined,
      });
      return { AWS_ENDPOINT_URL_LAMBDA: this.lambdaEndpoint };
    });
  }

  async stop(): Promise<void> {
    await this.lambda?.stop();
    await this.provider?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get lambdaEndpoint(): string {
    return `http://127.0.0.1:${this.lambda?.port()}`;
  }

  /** What an SDK's client of a service in MiniStack takes. */
  get client() {
    return {
      endpoint: this.provider?.endpoint ?? "",
      region: "us-east-1",
      credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
    };
  }

  /** A new, empty stack, in whose folder the bundles are. */
  async stack(name: string): Promise<BenchStack> {
    if (this.provider === undefined) throw new Error("the bench is not started");
    return this.provider.stack(name, { bundled: true });
  }

  /** Puts records into a stream, in their order. */
  async publish(streamName: string, ...records: KinesisRecord[]): Promise<void> {
    const kinesis = new KinesisClient({ ...this.client, requestHandler: new NodeHttpHandler() });
    await kinesis.send(
      new PutRecordsCommand({
        StreamName: streamName,
        Records: records.map(({ kinesis: { data, partitionKey } }) => ({
          PartitionKey: partitionKey,
          Data: Buffer.from(data, "base64"),
        })),
      }),
    );
    kinesis.destroy();
  }

  /** What handlers have written to the trace file, line by line. */
  trace(): string[] {
    return existsSync(this.traceFile) ? readFileSync(this.traceFile, "utf8").split("\n").slice(0, -1) : [];
  }
}
