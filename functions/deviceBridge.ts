import { createHash } from "node:crypto";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import type { ChangeEvent, ChangeReference } from "./changeEvent";
import { changeHandler, type Handler, type HandlerSettings } from "./changeHandler";
import { deviceTopic } from "./deviceTopic";
import { failureBucket, type PutObject } from "./failureBucket";
import { referTo } from "./referTo";

/** What the stack gives a bridge. */
export interface BridgeSettings extends HandlerSettings {
  /** The topics' first levels. */
  topicPrefix: string;
}

/** The largest payload that AWS IoT Core takes, in bytes (AWS IoT Core quotas, "Maximum publish payload size"). */
export const MAX_PAYLOAD_BYTES = 131_072;

/** Publishes a message; rejects when the broker has not taken it. */
export type Publish = (topic: string, payload: Uint8Array) => Promise<unknown>;

export interface BridgeOptions {
  topicPrefix: string;
  publish: Publish;
  /** Writes the whole of an event that is too large for a message. */
  putObject: PutObject;
  /** The bucket that it is written to. */
  bucket: string;
}

/**
 * Makes a device bridge: the Lambda function that publishes each change of the stream that concerns it to AWS IoT
 * Core. Its event source mapping must have `ReportBatchItemFailures` set.
 *
 * Call it once for each process: it makes the SDK's clients, whose connections the invocations share.
 *
 * @param environment `IOT_ENDPOINT`, the host of the account's IoT data endpoint, unless a variable of the SDK's leads
 *   elsewhere; `FAILURE_BUCKET`, the bucket for events that are too large for a message; and those of a change handler
 */
export function createDeviceBridge(environment: NodeJS.ProcessEnv, settings: BridgeSettings): Handler {
  const { AWS_REGION: region = "", FAILURE_BUCKET: bucket = "" } = environment;
  const forward = bridge({
    topicPrefix: settings.topicPrefix,
    publish: iotPublisher(environment),
    putObject: failureBucket(region, bucket),
    bucket,
  });
  return changeHandler(environment, settings, forward);
}

/**
 * Makes what publishes one event: its bytes as the stream has them, to the topic of its table and operation. Of an
 * event that is too large for a message, the whole is put into the bucket first, and the message refers to it.
 */
export function bridge({ topicPrefix, publish, putObject, bucket }: BridgeOptions) {
  return async (event: ChangeEvent, data: Buffer, signal: AbortSignal): Promise<void> => {
    const topic = deviceTopic(topicPrefix, event.source.table, event.op);
    if (data.byteLength <= MAX_PAYLOAD_BYTES) {
      await publish(topic, data);
      return;
    }
    const ref: ChangeReference = {
      bucket,
      key: objectKey(event),
      bytes: data.byteLength,
      sha256: createHash("sha256").update(data).digest("hex"),
    };
    await putObject({ key: ref.key, body: data }, signal);
    await publish(topic, Buffer.from(referTo(data.toString(), ref, MAX_PAYLOAD_BYTES)));
  };
}

/** `oversize/<schema>.<table>/<yyyy>/<mm>/<dd>/<id>.json`, the day being that of the change in UTC. */
function objectKey({ id, at, source }: ChangeEvent): string {
  const table = encodeURIComponent(`${source.schema}.${source.table}`);
  return `oversize/${table}/${at.slice(0, 10).replaceAll("-", "/")}/${encodeURIComponent(id)}.json`;
}

/** Publish over HTTPS with quality of service 1: the broker has the message when the promise resolves. */
function iotPublisher({ IOT_ENDPOINT, AWS_ENDPOINT_URL }: NodeJS.ProcessEnv): Publish {
  const client = new IoTDataPlaneClient(AWS_ENDPOINT_URL ? {} : { endpoint: `https://${IOT_ENDPOINT}` });
  return (topic, payload) =>
    client.send(
      new PublishCommand({
        topic,
        payload,
        qos: 1,
        contentType: "application/json",
        payloadFormatIndicator: "UTF8_DATA",
      }),
    );
}
