import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A PutRecords call as it came over the wire. */
export interface WireRecord {
  partitionKey: string;
  text: string;
}

/** How the next call of an operation is answered; `undefined` answers it well. */
export type Answer =
  | { status: number; type: string }
  | { failedEntries: number[] }
  | "hang up"
  | "hang"
  | undefined;

/** Kinesis's PutRecords, S3's PutObject and a secret over HTTP on 127.0.0.1, with faults by request. */
export class FakeAws {
  readonly putRecords: WireRecord[][] = [];
  readonly streamNames: string[] = [];
  readonly objects = new Map<string, string>();
  /** Answers to the next calls, in their order; calls beyond them are answered well. */
  kinesisAnswers: Answer[] = [];
  s3Answers: Answer[] = [];
  /** The versions of the one secret, by their ids. A call for any other is refused. */
  readonly secretVersions = new Map<string, string>();
  /** Calls for the secret, those that were refused among them. */
  secretReads = 0;
  private readonly server: Server = createServer((request, response) => {
    void this.handle(request, response);
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  reset(): void {
    this.putRecords.length = 0;
    this.streamNames.length = 0;
    this.objects.clear();
    this.secretVersions.clear();
    this.secretReads = 0;
    this.kinesisAnswers = [];
    this.s3Answers = [];
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    if (request.headers["x-amz-target"] === "secretsmanager.GetSecretValue") {
      this.answerSecret(JSON.parse(body).VersionId, response);
      return;
    }
    const isKinesis = request.headers["x-amz-target"] === "Kinesis_20131202.PutRecords";
    const answer = (isKinesis ? this.kinesisAnswers : this.s3Answers).shift();
    const entries = isKinesis ? this.readRecords(body) : [];
    if (answer === "hang") {
      return;
    }
    if (answer === "hang up") {
      request.socket.destroy();
    } else if (answer !== undefined && "status" in answer) {
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: answer.type, message: "as the test asked" }));
    } else if (isKinesis) {
      const failed = new Set(answer?.failedEntries);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(
        JSON.stringify({ FailedRecordCount: failed.size, Records: entries.map((_, i) => result(i, failed)) }),
      );
    } else {
      this.objects.set(decodeURIComponent((request.url ?? "").split("?")[0] ?? ""), body);
      response.writeHead(200);
      response.end();
    }
  }

  private answerSecret(version: string, response: ServerResponse): void {
    this.secretReads += 1;
    const SecretString = this.secretVersions.get(version);
    const answer = SecretString === undefined ? { __type: "ResourceNotFoundException" } : { SecretString };
    response.writeHead(SecretString === undefined ? 400 : 200, {
      "content-type": "application/x-amz-json-1.1",
    });
    response.end(JSON.stringify(answer));
  }

  private readRecords(body: string): WireRecord[] {
    const { StreamName, Records } = JSON.parse(body);
    const records = (Records as { Data: string; PartitionKey: string }[]).map(({ Data, PartitionKey }) => ({
      partitionKey: PartitionKey,
      text: Buffer.from(Data, "base64").toString(),
    }));
    this.streamNames.push(StreamName);
    this.putRecords.push(records);
    return records;
  }
}

function result(index: number, failed: ReadonlySet<number>) {
  return failed.has(index)
    ? { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "Rate exceeded" }
    : { SequenceNumber: String(index + 1), ShardId: "shardId-000000000000" };
}
