import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { type Properties, toStruct } from "./properties";

/** The resource exists, but not as the program wants it: the engine keeps it in the state with the reason. */
export class PartialFailure extends Error {
  override name = "PartialFailure";

  constructor(
    readonly id: string,
    readonly stored: { inputs: Properties; state: Properties },
    override readonly cause: unknown,
  ) {
    super(messageOf(cause));
  }
}

/** What an error says to people: AWS's code and message, without a stack. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (error instanceof AggregateError) {
    return error.errors.map(messageOf).join("; ");
  }
  return error.name === "Error" || error.name === "PartialFailure" || error.message.startsWith(error.name)
    ? error.message
    : `${error.name}: ${error.message}`;
}

/** An error as gRPC carries it to the engine. */
export function grpcError(error: unknown, what: string) {
  const details = `${what}: ${messageOf(error)}`;
  return error instanceof PartialFailure
    ? { code: status.UNKNOWN, details, metadata: initFailed(error, details) }
    : { code: status.UNKNOWN, details };
}

/** The engine knows a partial failure by this detail of the gRPC status (pulumi/provider.proto). */
function initFailed({ id, stored, cause }: PartialFailure, message: string): Metadata {
  const failed = new ErrorResourceInitFailed();
  failed.setId(id);
  failed.setProperties(toStruct(stored.state));
  failed.setInputs(toStruct(stored.inputs));
  failed.setReasonsList([messageOf(cause)]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new Status();
  answer.setCode(status.UNKNOWN);
  answer.setMessage(message);
  answer.addDetails(detail);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return metadata;
}
