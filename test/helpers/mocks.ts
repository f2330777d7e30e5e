import * as pulumi from "@pulumi/pulumi";

/** A resource that a program registered, as the engine would be told of it. */
export interface RecordedResource {
  /** The type token, e.g. `aws:kinesis/stream:Stream`. */
  type: string;
  /** The resource's name in the program. */
  name: string;
  /** Its inputs, with secrets in clear. */
  inputs: Record<string, unknown>;
  /** The names of the inputs that are secret. */
  secrets: string[];
  /** The parent's name; undefined at the top. */
  parent: string | undefined;
  /** The id that the resource is imported by; undefined where it is not. */
  importId: string | undefined;
  /** Whether it outlives the stack. */
  retainOnDelete: boolean;
  /** The resources that it waits for, each as its type's last word and its name, e.g. `Role fan-in`. */
  dependencies: string[];
  /** The reference of the provider that it goes through; empty for the default one. */
  provider: string;
  /** The inputs whose changes are ignored. */
  ignoreChanges: string[];
  /** What a component gave to registerOutputs; undefined where it never did. */
  outputs: Record<string, unknown> | undefined;
}

/** What a run under mocks leaves behind. */
export class Recording {
  constructor(readonly resources: readonly RecordedResource[]) {}

  /** All resources of a type, in the order of registration. */
  ofType(type: string): RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The one resource of a type, or the one with that name. */
  only(type: string, name?: string): RecordedResource {
    const found = this.ofType(type).filter((resource) => name === undefined || resource.name === name);
    const [first] = found;
    if (first === undefined || found.length > 1) {
      const names = this.ofType(type).map((resource) => resource.name);
      throw new Error(
        `${found.length} of ${type} ${name ?? ""} were registered; there are ${names.join(", ")}`,
      );
    }
    return first;
  }
}

/** Settings of a run. */
export interface MockOptions {
  /** The stack's configuration, with full keys. */
  config?: Record<string, string>;
  /** Outputs that the provider adds, by type token. */
  outputs?: Record<string, (name: string) => Record<string, unknown>>;
  /** Answers of functions, by token, in place of the mocks' own. */
  calls?: Record<string, Record<string, unknown>>;
  /** A preview, in which a provider's outputs are unknown. Default: false. */
  preview?: boolean;
}

const ACCOUNT = "123456789012";

/** The answers of the functions that components call. */
const CALLS: Record<string, Record<string, unknown>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: ACCOUNT },
  "aws:index/getRegion:getRegion": { region: "eu-central-1" },
  "aws:iam/getRoles:getRoles": { names: [] },
  "aws:index/getPartition:getPartition": { partition: "aws" },
  "aws:iot/getEndpoint:getEndpoint": { endpointAddress: "abc-ats.iot.eu-central-1.amazonaws.com" },
  "aws:ec2/getVpc:getVpc": { cidrBlock: "10.9.0.0/16" },
  "aws:ec2/getPrefixList:getPrefixList": { id: "pl-looked-up" },
  "aws:kinesis/getStream:getStream": {
    name: "theirs",
    arn: "arn:aws:kinesis:eu-central-1:1:stream/theirs",
    maxRecordSizeInKib: 2048,
  },
};

/** Marks an object that is more than data on its way to the engine, and the mark of a secret. */
const SPECIAL = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Runs a program under Pulumi's mocks: nothing is created, and every registration is recorded.
 *
 * @returns what the program returns, and the recording, once every registration is done.
 * @throws what the program throws; see {@link failMocked} for a program that should.
 */
export async function runMocked<T>(
  program: () => T | Promise<T>,
  options: MockOptions = {},
): Promise<{ result: T; recording: Recording }> {
  const { outcome, recording } = await attempt(program, options);
  if ("error" in outcome) throw outcome.error;
  return { result: outcome.result, recording };
}

/** Runs a program that should throw, and returns its error and what was registered before. */
export async function failMocked(
  program: () => unknown,
  options: MockOptions = {},
): Promise<{ error: Error; recording: Recording }> {
  const { outcome, recording } = await attempt(program, options);
  if (!("error" in outcome)) throw new Error("the program did not fail");
  return { error: outcome.error as Error, recording };
}

/** Resolves an Output to its value, so that a test can await it. */
export function resolved<T>(input: pulumi.Input<T>): Promise<T> {
  return new Promise((resolve) => {
    pulumi.output(input).apply((value) => resolve(value as T));
  });
}

async function attempt<T>(program: () => T | Promise<T>, options: MockOptions) {
  const resources = new Map<string, RecordedResource>();
  await pulumi.runtime.setMocks(mocks(options), "rowstream", "test", options.preview ?? false, "acme");
  pulumi.runtime.setAllConfig(options.config ?? {});
  record(resources);
  let outcome: { result: T } | { error: unknown };
  try {
    outcome = { result: await program() };
  } catch (error) {
    outcome = { error };
  }
  await pulumi.runtime.disconnect();
  return { outcome, recording: new Recording([...resources.values()]) };
}

/** A provider that echoes inputs, and adds the outputs that components pass on. */
function mocks(options: MockOptions): pulumi.runtime.Mocks {
  return {
    newResource: ({ type, name, inputs, id }) => {
      const arn = `arn:aws:test:eu-central-1:${ACCOUNT}:${type.split(":").at(-1)}/${name}`;
      const physical = (inputs as { name?: string }).name ?? `${name}-physical`;
      const state = {
        arn,
        keyId: `${name}-key-id`,
        bucket: physical,
        streamArn: `${arn}/stream/2026`,
        endpointArn: arn,
        replicationTaskArn: arn,
        replicationInstanceArn: arn,
        prefixListId: `pl-${name}`,
        vpcId: `vpc-${name}`,
        isolatedSubnetIds: ["subnet-a", "subnet-b"],
        routeTables: [],
        ...inputs,
        name: physical,
        ...options.outputs?.[type]?.(name),
      };
      return { id: id || `${name}-id`, state };
    },
    call: ({ token }) => {
      const answer = options.calls?.[token] ?? CALLS[token];
      if (answer === undefined) throw new Error(`the mocks have no answer for ${token}`);
      return answer;
    },
  };
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getImportid(): string;
  getProvider(): string;
  getRetainondelete(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, unknown> } | undefined;
}

type Handler<R> = (request: R, callback: unknown) => unknown;

/** Listens to what the program tells the engine, which says more than Pulumi's mocks pass on. */
function record(resources: Map<string, RecordedResource>): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: Handler<RegisterRequest>;
    registerResourceOutputs: Handler<OutputsRequest>;
    newUrn(parent: string, type: string, name: string): string;
  };
  const { registerResource, registerResourceOutputs } = monitor;
  monitor.registerResource = (request, callback) => {
    const raw = request.getObject()?.toJavaScript() ?? {};
    const urn = monitor.newUrn(request.getParent(), request.getType(), request.getName());
    resources.set(urn, {
      type: request.getType(),
      name: request.getName(),
      inputs: unwrap(raw) as Record<string, unknown>,
      secrets: Object.keys(raw).filter((key) => isSecret(raw[key])),
      parent: nameIn(request.getParent()),
      importId: request.getImportid() || undefined,
      retainOnDelete: request.getRetainondelete() === true,
      dependencies: request.getDependenciesList().map(shortName),
      provider: request.getProvider(),
      ignoreChanges: request.getIgnorechangesList(),
      outputs: undefined,
    });
    return registerResource.call(monitor, request, callback);
  };
  monitor.registerResourceOutputs = (request, callback) => {
    const resource = resources.get(request.getUrn());
    if (resource)
      resource.outputs = unwrap(request.getOutputs()?.toJavaScript() ?? {}) as Record<string, unknown>;
    return registerResourceOutputs.call(monitor, request, callback);
  };
}

function nameIn(urn: string): string | undefined {
  return urn === "" ? undefined : urn.split("::").at(-1);
}

function shortName(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${type.split(":").at(-1)} ${name}`;
}

function isSecret(value: unknown): value is { value: unknown } {
  return (
    typeof value === "object" && value !== null && (value as Record<string, unknown>)[SPECIAL] === SECRET
  );
}

/** Takes secrets out of their wrapping, at every depth. */
function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unwrap(member)]));
}
