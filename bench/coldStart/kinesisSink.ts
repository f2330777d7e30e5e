import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A Kinesis that takes every record, and tells when. It listens on this machine only. */
export interface KinesisSink {
  /** Its URL, for `AWS_ENDPOINT_URL_KINESIS`. */
  url: string;
  /** Resolves when the next call of PutRecords has arrived, to `performance.now()` at that moment. */
  nextCall(): Promise<number>;
  close(): void;
}

export async function startKinesisSink(): Promise<KinesisSink> {
  let called: (at: number) => void = () => undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      called(performance.now());
      const { Records = [] } = JSON.parse(Buffer.concat(chunks).toString()) as { Records?: unknown[] };
      response.setHeader("Content-Type", "application/x-amz-json-1.1");
      response.end(
        JSON.stringify({
          FailedRecordCount: 0,
          Records: Records.map((_, index) => ({
            SequenceNumber: String(index + 1),
            ShardId: "shardId-000000000000",
          })),
        }),
      );
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nextCall: () =>
      new Promise((resolve) => {
        called = resolve;
      }),
    close: () => server.close(),
  };
}
