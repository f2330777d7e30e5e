import { type handleUnaryCall, type ServerUnaryCall, status } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { log } from "./log";
import { grpcError, messageOf } from "./providerErrors";

/**
 * What every provider answers alike; what it does not serve says so.
 * @param acceptSecrets whether requests mark what is secret. Without it the engine itself marks as secret every output
 * that was given as a secret input; a provider of components must take the marks.
 */
export function baseService(version: string, acceptSecrets: boolean): IResourceProviderServer {
  const empty = unary<unknown, Empty>("ending", async () => new Empty());
  return {
    handshake: unary("greeting", async () => {
      const response = new pb.ProviderHandshakeResponse();
      response.setAcceptSecrets(acceptSecrets);
      response.setAcceptResources(false);
      response.setAcceptOutputs(false);
      return response;
    }),
    attach: empty,
    // The engine says this at the end of every update too; the servers outlive it.
    cancel: empty,
    getPluginInfo: unary("introducing", async () => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),
    getSchema: unary("describing", async () => {
      const response = new pb.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    }),
    checkConfig: unary<pb.CheckRequest, pb.CheckResponse>("checking", async ({ request }) => {
      const response = new pb.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary("comparing", async () => {
      const response = new pb.DiffResponse();
      response.setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }),
    configure: unary("configuring", async () => {
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(acceptSecrets);
      response.setAcceptresources(false);
      response.setSupportspreview(true);
      return response;
    }),
    getMapping: unary("mapping", async () => new pb.GetMappingResponse()),
    getMappings: unary("mapping", async () => new pb.GetMappingsResponse()),
    parameterize: unserved("Parameterize"),
    invoke: unserved("Invoke"),
    call: unserved("Call"),
    check: unserved("Check"),
    diff: unserved("Diff"),
    create: unserved("Create"),
    read: unserved("Read"),
    update: unserved("Update"),
    delete: unserved("Delete"),
    construct: unserved("Construct"),
    list: (call) => {
      call.emit("error", unservedError("List"));
    },
  };
}

function unservedError(method: string) {
  return { code: status.UNIMPLEMENTED, details: `the sandbox's provider stand-in does not serve ${method}` };
}

function unserved<Request, Response>(method: string): handleUnaryCall<Request, Response> {
  return (_call, callback) => callback(unservedError(method));
}

/** A handler from a function that returns the response; what it throws is told to the engine. */
export function unary<Request, Response>(
  doing: string,
  handle: (call: ServerUnaryCall<Request, Response>) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const what = `${doing} ${subject(call.request)}`;
    const began = performance.now();
    handle(call).then(
      (response) => {
        log("info", `${what}: ${Math.round(performance.now() - began)} ms`);
        callback(null, response);
      },
      (error: unknown) => {
        log("error", `${what}: ${messageOf(error)}`);
        callback(grpcError(error, what));
      },
    );
  };
}

function subject(request: unknown): string {
  const about = request as Partial<Record<"getTok" | "getType" | "getName", () => string>>;
  const named = about.getName !== undefined && about.getType !== undefined;
  return about.getTok?.() ?? (named ? `${about.getType?.()} "${about.getName?.()}"` : "the provider");
}
