import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { failureBucket } from "../../functions/failureBucket";
import { kinesisSink } from "../../functions/kinesisSink";
import { type PublishReport, publish } from "../../functions/publish";
import type { OutgoingRecord } from "../../functions/rowQueue";
import { eventSources } from "../eventSources";
import { qualifiedName } from "../tableMatch";
import { readOutputs } from "../tables";
import type { WorkspaceOptions } from "../workspace";
import { ChangeStreamReader, streamFacts } from "./changeStreamReader";
import { currentRows } from "./currentRows";
import { failedRecord } from "./failedRecord";
import { failureStore } from "./failureStore";
import type { RedriveResult } from "./redriveResult";
import { type RedriveProgress, runRedrive } from "./runRedrive";

/** Options of `redrive`. */
export interface RedriveOptions extends WorkspaceOptions {
  /** Tell what would be done, and do nothing. Default: false. */
  dryRun?: boolean;
  /**
   * Publish, too, what may have been overtaken: where the change stream no longer reaches back to the change, or the
   * row has changed since without an event of that in the stream. Default: false, it is named and left.
   */
  force?: boolean;
  onProgress?(progress: RedriveProgress): void;
}

/** How long the event of a row's later change is waited for. */
const SETTLE_MS = 30_000;

/** How long the change stream may refuse one object's events. */
const PUBLISH_MS = 60_000;

/**
 * Publishes to the change stream what the event source mappings gave up on, from the pipeline's failure bucket: the
 * same events with the same ids, in the order of their rows, and without those that a later event of the same row
 * has overtaken. An object whose records are all dealt with moves to `redriven/`. A run that was cut short is
 * completed by another; what it had published already may then be in the stream twice, with the same ids.
 *
 * @throws RowstreamError `StackNotDeployed`, `HashKeyNotReadable`
 */
export async function redrive(options: RedriveOptions): Promise<RedriveResult> {
  const outputs = await readOutputs(options);
  const { region, streamName, failureBucketName, tables } = outputs;
  const sources = await eventSources(outputs);
  const http = new NodeHttpHandler();
  const kinesis = new KinesisClient({ region, requestHandler: http });
  const facts = await streamFacts(kinesis, streamName);
  const labels = new Map(tables.map((table) => [table.tableName, qualifiedName(table)]));
  const { signal } = options;
  return runRedrive({
    store: failureStore(new S3Client({ region }), failureBucketName),
    facts,
    convert: (record) =>
      failedRecord(record, { sources, bucket: failureBucketName, maxRecordBytes: facts.maxRecordBytes }),
    label: (tableName) => labels.get(tableName) ?? tableName,
    readFrom(from) {
      const reader = new ChangeStreamReader(kinesis, streamName, from, signal);
      return (onRecord) => reader.readToTip(onRecord);
    },
    currentRows: currentRows(new DynamoDBClient({ region })),
    publish: publisher(region, streamName, signal),
    putObject: failureBucket(region, failureBucketName),
    dryRun: options.dryRun ?? false,
    force: options.force ?? false,
    settleMs: SETTLE_MS,
    onProgress: options.onProgress,
    signal,
  });
}

/** The fan-in's own way to publish, with a deadline for each call. */
function publisher(
  region: string,
  streamName: string,
  signal: AbortSignal | undefined,
): (records: readonly OutgoingRecord[]) => Promise<PublishReport> {
  const putRecords = kinesisSink(region, streamName);
  return async (records) => {
    const end = Date.now() + PUBLISH_MS;
    const timeUp = AbortSignal.timeout(PUBLISH_MS);
    return publish(records, {
      putRecords,
      deadline: {
        signal: signal === undefined ? timeUp : AbortSignal.any([timeUp, signal]),
        remaining: () => end - Date.now(),
      },
    });
  };
}
