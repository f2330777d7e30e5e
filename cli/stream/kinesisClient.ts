import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** A Kinesis client on HTTP/1.1: the sandbox does not speak HTTP/2, and a reader gains nothing by it. */
export function kinesisClient(region: string): KinesisClient {
  return new KinesisClient({ region, requestHandler: new NodeHttpHandler() });
}
