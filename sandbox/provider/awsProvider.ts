import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Clients, createClients } from "./clients";
import { deletesFirst, topLevel } from "./diff";
import type { Endpoints } from "./endpoints";
import { invokes } from "./invokes";
import * as lifecycle from "./lifecycle";
import { fromStruct, type Properties, toStruct } from "./properties";
import { type ProviderConfig, readProviderConfig } from "./providerConfig";
import { baseService, unary } from "./providerService";
import { resources } from "./resources";
import type { Context } from "./resourceType";
import { checkInputs, coerceInputs, schemaOf } from "./schema";

/** The account that everything in the sandbox belongs to. */
const ACCOUNT_ID = "000000000000";

/** How long one operation may take where the program sets no `customTimeouts`, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** As many connections' settings are kept as engines could be connected at once. */
const MAX_CONNECTIONS = 256;

/** What the stand-in is told when it starts. */
export interface AwsProviderOptions {
  endpoints: Endpoints;
  /** The region of a program that sets none. */
  region: string;
  /** The version of @pulumi/aws that it stands for. */
  version: string;
  /** The folder in which the programs run: relative paths of a function's code begin there. */
  projectFolder: string;
}

/** What every request about a resource tells of it. */
interface About {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/**
 * The `aws` provider as the engine sees it, over the engine's own protocol (pulumi/provider.proto). It serves any
 * number of updates one after the other: nothing is kept between them but the settings of each connection, since the
 * engine opens one for each provider resource and configures it before any other request.
 */
export class AwsProvider {
  private readonly configs = new Map<string, ProviderConfig>();
  private readonly clients = new Map<string, Clients>();

  constructor(private readonly options: AwsProviderOptions) {}

  /** The handlers for a gRPC server. */
  service(): IResourceProviderServer {
    const base = baseService(this.options.version, false);
    return {
      ...base,
      diffConfig: unary("comparing the provider", async ({ request }) => diffConfig(request)),
      configure: (call, callback) => {
        this.configure(call.getPeer(), fromStruct(call.request.getArgs()));
        base.configure(call, callback);
      },
      check: unary("checking", async ({ request }) => this.check(request)),
      diff: unary("comparing", async (call) => this.diff(call)),
      create: unary("creating", async (call) => this.create(call)),
      read: unary("reading", async (call) => this.read(call)),
      update: unary("updating", async (call) => this.update(call)),
      delete: unary("deleting", async (call) => this.delete(call)),
      invoke: unary("calling", async (call) => this.invoke(call)),
    };
  }

  private configure(peer: string, inputs: Properties): void {
    if (this.configs.size >= MAX_CONNECTIONS) {
      this.configs.delete(this.configs.keys().next().value ?? "");
    }
    this.configs.set(peer, readProviderConfig(inputs, this.options.region));
  }

  private async check(request: pb.CheckRequest): Promise<pb.CheckResponse> {
    const { inputs, failures } = lifecycle.check(served(request), {
      resource: request.getName(),
      // Only a refreshed or imported resource is checked without a seed; it has its name already.
      seed: request.getRandomseed_asU8(),
      inputs: fromStruct(request.getNews()),
      old: fromStruct(request.getOlds()),
    });
    const response = new pb.CheckResponse();
    response.setInputs(toStruct(inputs));
    response.setFailuresList(
      failures.map(({ property, reason }) => {
        const failure = new pb.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }

  private async diff(call: ServerUnaryCall<pb.DiffRequest, unknown>): Promise<pb.DiffResponse> {
    const { request } = call;
    const type = served(request);
    const stored = { inputs: fromStruct(request.getOldInputs()), state: fromStruct(request.getOlds()) };
    const inputs = fromStruct(request.getNews());
    const changes = lifecycle.diff(type, stored, inputs, this.configOf(call));
    const response = new pb.DiffResponse();
    const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
    response.setChanges(changes.size === 0 ? DIFF_NONE : DIFF_SOME);
    response.setHasdetaileddiff(true);
    for (const [path, { kind, replace }] of changes) {
      const detail = new pb.PropertyDiff();
      detail.setKind(KINDS[kind][replace ? 1 : 0]);
      detail.setInputdiff(path !== "tagsAll");
      response.getDetaileddiffMap().set(path, detail);
    }
    const properties = (paths: string[]) => [...new Set(paths.map(topLevel))];
    const replacing = [...changes].filter(([, { replace }]) => replace).map(([path]) => path);
    response.setReplacesList(properties(replacing));
    response.setDiffsList(properties([...changes.keys()]));
    response.setDeletebeforereplace(replacing.length > 0 && deletesFirst(type.type, stored.inputs, inputs));
    return response;
  }

  private async create(call: ServerUnaryCall<pb.CreateRequest, unknown>): Promise<pb.CreateResponse> {
    const { request } = call;
    const type = served(request);
    const inputs = fromStruct(request.getProperties());
    const config = this.configOf(call);
    const response = new pb.CreateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct(lifecycle.previewCreate(type, inputs, config)));
      return response;
    }
    const context = this.context(config, inputs, request, request.getTimeout());
    const { id, state } = await lifecycle.create(type, inputs, config, context);
    response.setId(id);
    response.setProperties(toStruct(state));
    return response;
  }

  private async read(call: ServerUnaryCall<pb.ReadRequest, unknown>): Promise<pb.ReadResponse> {
    const { request } = call;
    const config = this.configOf(call);
    const stored = { inputs: fromStruct(request.getInputs()), state: fromStruct(request.getProperties()) };
    const context = this.context(config, stored.state, request, request.getTimeout());
    const found = await lifecycle.read(served(request), request.getId(), stored, config, context);
    const response = new pb.ReadResponse();
    // An answer without an id says that there is no such resource.
    if (found !== undefined) {
      response.setId(request.getId());
      response.setProperties(toStruct(found.state));
      response.setInputs(toStruct(found.inputs));
    }
    return response;
  }

  private async update(call: ServerUnaryCall<pb.UpdateRequest, unknown>): Promise<pb.UpdateResponse> {
    const { request } = call;
    const type = served(request);
    const config = this.configOf(call);
    const inputs = fromStruct(request.getNews());
    const stored = { inputs: fromStruct(request.getOldInputs()), state: fromStruct(request.getOlds()) };
    const response = new pb.UpdateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct(lifecycle.previewUpdate(type, stored, inputs, config)));
      return response;
    }
    const context = this.context(config, inputs, request, request.getTimeout());
    const state = await lifecycle.update(type, request.getId(), stored, inputs, config, context);
    response.setProperties(toStruct(state));
    return response;
  }

  private async delete(call: ServerUnaryCall<pb.DeleteRequest, unknown>): Promise<Empty> {
    const { request } = call;
    const stored = { inputs: fromStruct(request.getOldInputs()), state: fromStruct(request.getProperties()) };
    const context = this.context(this.configOf(call), stored.state, request, request.getTimeout());
    await lifecycle.remove(served(request), request.getId(), stored, context);
    return new Empty();
  }

  private async invoke(call: ServerUnaryCall<pb.InvokeRequest, unknown>): Promise<pb.InvokeResponse> {
    const token = call.request.getTok();
    const invoke = invokes[token];
    const schema = schemaOf("invokes", token);
    if (invoke === undefined || schema === undefined) {
      throw new Error(
        `the sandbox has no stand-in for the function ${token}; add sandbox/provider/invokes/${token.split(":")[1]}.ts`,
      );
    }
    const given = fromStruct(call.request.getArgs());
    const response = new pb.InvokeResponse();
    const failures = checkInputs(token, schema, given);
    if (failures.length > 0) {
      throw new Error(failures.map(({ reason }) => reason).join("; "));
    }
    const args = coerceInputs(schema, given);
    const about = { getName: () => token };
    const result = await invoke(args, this.context(this.configOf(call), args, about, 0));
    response.setReturn(toStruct(result));
    return response;
  }

  private configOf(call: { getPeer(): string }): ProviderConfig {
    return this.configs.get(call.getPeer()) ?? { region: this.options.region, defaultTags: {} };
  }

  private context(
    config: ProviderConfig,
    properties: Properties,
    about: Pick<About, "getName">,
    timeoutSeconds: number,
  ): Context {
    const region = typeof properties.region === "string" ? properties.region : config.region;
    let clients = this.clients.get(region);
    if (clients === undefined) {
      clients = createClients(this.options.endpoints, region);
      this.clients.set(region, clients);
    }
    return {
      clients,
      region,
      accountId: ACCOUNT_ID,
      projectFolder: this.options.projectFolder,
      partition: "aws",
      deadline: Date.now() + (timeoutSeconds > 0 ? timeoutSeconds * 1000 : DEFAULT_TIMEOUT_MS),
      name: about.getName(),
    };
  }
}

const { Kind } = pb.PropertyDiff;
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** The type that a request is about. @throws Error that names the file to add, where there is none */
function served(about: About): lifecycle.ServedType {
  const token = about.getType();
  const type = resources[token];
  const schema = schemaOf("resources", token);
  if (type === undefined || schema === undefined) {
    throw new Error(`the sandbox has no stand-in for the type ${token}; add ${lifecycle.fileOf(token)}`);
  }
  return { token, type, schema };
}

/** Another region is another place: everything has to be made anew there. */
function diffConfig(request: pb.DiffRequest): pb.DiffResponse {
  const [old, wanted] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const response = new pb.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  const changed = Object.keys({ ...old, ...wanted }).filter((name) => old[name] !== wanted[name]);
  response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(changed);
  response.setReplacesList(changed.filter((name) => name === "region"));
  return response;
}
