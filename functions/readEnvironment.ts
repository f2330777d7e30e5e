import type { HashKeyPlace } from "./hashKey";

const MIB = 1024 * 1024;

/** Kinesis Data Streams API reference, UpdateMaxRecordSize: 1 MiB, a stream's default, to 10 MiB. */
const MIN_RECORD_BYTES = MIB;
const MAX_RECORD_BYTES = 10 * MIB;

/** What the function's environment variables say. */
export interface Environment {
  /** `AWS_REGION`, which Lambda sets. */
  region: string;
  /** `STREAM_NAME`: the change stream. */
  streamName: string;
  /** `FAILURE_BUCKET`: the bucket for what the stream does not accept. */
  bucket: string;
  /** `MAX_RECORD_BYTES`: the largest record that the change stream accepts, in bytes; 1 MiB unless set. */
  maxRecordBytes: number;
  /** `HASH_KEY_SECRET` and `HASH_KEY_VERSION`: where the key of the hashes is; both or neither is set. */
  hashKey?: HashKeyPlace;
}

/**
 * Reads the function's environment variables.
 *
 * @throws Error naming every variable at fault
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
  const faults = ["AWS_REGION", "STREAM_NAME", "FAILURE_BUCKET"]
    .filter((name) => !environment[name])
    .map((name) => `${name} is not set`);
  const maxRecordBytes = Number(environment.MAX_RECORD_BYTES || MIN_RECORD_BYTES);
  if (
    !Number.isInteger(maxRecordBytes) ||
    maxRecordBytes < MIN_RECORD_BYTES ||
    maxRecordBytes > MAX_RECORD_BYTES
  ) {
    faults.push(
      `MAX_RECORD_BYTES is "${environment.MAX_RECORD_BYTES}", allowed is a whole number from ${MIN_RECORD_BYTES} to ${MAX_RECORD_BYTES}`,
    );
  }
  const { HASH_KEY_SECRET: secretArn, HASH_KEY_VERSION: versionId } = environment;
  if (Boolean(secretArn) !== Boolean(versionId)) {
    faults.push(
      `${secretArn ? "HASH_KEY_VERSION" : "HASH_KEY_SECRET"} is not set, and the other of the two is`,
    );
  }
  if (faults.length > 0) {
    throw new Error(
      `the fan-in's environment is incomplete: ${faults.join("; ")}; deploy the function with the FanIn component, which sets it`,
    );
  }
  const { AWS_REGION: region = "", STREAM_NAME: streamName = "", FAILURE_BUCKET: bucket = "" } = environment;
  return {
    region,
    streamName,
    bucket,
    maxRecordBytes,
    ...(secretArn && versionId && { hashKey: { secretArn, versionId } }),
  };
}
