import {
  Agent,
  createServer,
  type IncomingMessage,
  request as open,
  type Server,
  type ServerResponse,
} from "node:http";
import { assumeRole } from "./assumeRole";
import { type Decision, decide, type Need } from "./authorizer";
import { type Caller, callerOf, type RoleSession, sessionOf } from "./caller";
import { type Answer, denial, denialMessage, failure } from "./denial";
import { log, messageOf } from "./log";
import { type Call, type Service, type StandInName, UnknownToken, type World } from "./operations/call";
import { serviceOf } from "./operations/index";
import type { Resources } from "./resources";
import type { Roles } from "./roles";
import { StreamTokens } from "./streamTokens";
import type { Usage } from "./usage";

/** What the gateway works with. */
export interface GatewayParts {
  /** MiniStack's endpoint. */
  aws: URL;
  /** The endpoint of a stand-in, for a service that MiniStack does not have. */
  standIn(name: StandInName): URL;
  roles: Roles;
  resources: Resources;
  usage: Usage;
}

/** The principal of an AWS service. */
const SERVICE_PRINCIPAL = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/;

/** Messages of a denial that repeats itself are logged once in so long, in milliseconds. */
const REPEATED_MS = 10_000;

/**
 * Passes on to MiniStack, or to a stand-in, what the roles of those who ask are allowed, and answers the rest as AWS does. Whoever acts
 * in nobody's role has no business here: administrators go to MiniStack itself.
 */
export class Gateway {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly tokens = new StreamTokens();
  private readonly logged = new Map<string, number>();
  private readonly world: World;

  constructor(private readonly parts: GatewayParts) {
    this.world = { resources: parts.resources, streamOf: (token) => this.tokens.streamOf(token) };
  }

  createServer(): Server {
    const server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        log("error", `${request.method} ${request.url?.split("?")[0]}: ${messageOf(error)}`);
        // What could not be decided is not done; whoever asks again may have more luck.
        response.destroy();
      });
    });
    // Longer than clients keep an unused connection, so that none is closed just as it is used again.
    server.keepAliveTimeout = 65_000;
    server.requestTimeout = 0;
    return server;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const caller = callerOf(request.headers.authorization);
    if (caller?.service === "sts" && SERVICE_PRINCIPAL.test(caller.accessKeyId)) {
      const form = new URLSearchParams(body.toString("utf8"));
      send(response, await assumeRole(caller.accessKeyId, form, request.headers, this.parts.roles));
      return;
    }
    const session = sessionOf(caller?.accessKeyId ?? "");
    const target = targetOf(request);
    const service = serviceOf(target, caller?.service ?? "");
    if (caller === undefined || session === undefined) {
      const message = "The security token included in the request is invalid.";
      send(response, failure(service?.protocol ?? "json", "UnrecognizedClient", message));
      return;
    }
    const call = callOf(request, body, session, caller, target, service);
    const refusal = service === undefined ? undefined : await this.refusal(call, service);
    if (service === undefined || refusal === "unknown") {
      send(response, this.unknown(call, caller, service));
    } else if (refusal !== undefined) {
      send(response, refusal);
    } else {
      await this.passOn(request, response, body, call, service);
    }
  }

  /** Why a request is not passed on; undefined where it is. */
  private async refusal(call: Call, service: Service): Promise<Answer | "unknown" | undefined> {
    let needs: Need[] | undefined;
    try {
      needs = await service.needs(call, this.world);
    } catch (error) {
      if (error instanceof UnknownToken) {
        return failure("json", "ExpiredIterator", error.message);
      }
      throw error;
    }
    if (needs === undefined) {
      return "unknown";
    }
    for (const need of needs) {
      const decision = await this.decide(call, need);
      if (!decision.allowed) {
        const message = denialMessage(call.session, need, decision);
        this.logOnce(message);
        return denial(service, need, message);
      }
    }
    return undefined;
  }

  private async decide({ session, region }: Call, need: Need): Promise<Decision> {
    const role = await this.parts.roles.find(session.role);
    if (role === undefined) {
      return { allowed: false, grants: [], reason: "because the role does not exist" };
    }
    const decision = await decide(role, session, region, need);
    if (decision.allowed) {
      this.parts.usage.used(session.role, decision.grants);
    }
    return decision;
  }

  /** What the gateway does not know is denied: what is waved through would pass for a proof. */
  private unknown(call: Call, { service: scope }: Caller, service: Service | undefined): Answer {
    const operation = call.operation || `${call.method} ${call.path}`;
    this.logOnce(
      `${scope} ${operation} is not known, so it is denied: add what it needs to sandbox/iam/operations/`,
    );
    return failure(
      service?.protocol ?? (call.operation === "" ? "query" : "json"),
      "AccessDenied",
      `the sandbox does not know which permissions ${scope} ${operation} needs, and denies it`,
    );
  }

  private logOnce(message: string): void {
    const now = Date.now();
    if (now - (this.logged.get(message) ?? 0) > REPEATED_MS) {
      this.logged.set(message, now);
      log("warn", message);
    }
  }

  private passOn(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    call: Call,
    { standIn }: Service,
  ): Promise<void> {
    const { hostname, port } = standIn === undefined ? this.parts.aws : this.parts.standIn(standIn);
    // The whole body is here already.
    const { expect: _, "transfer-encoding": __, ...headers } = request.headers;
    return new Promise((resolve, reject) => {
      const onward = open(
        {
          agent: this.agent,
          hostname,
          port,
          method: request.method,
          path: request.url,
          headers: { ...headers, "content-length": body.length },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          if (this.tokens.isGiven(call.operation)) {
            this.learn(answer, call).then((text) => resolve(void response.end(text)), reject);
          } else {
            answer.once("error", reject);
            answer.once("end", resolve);
            answer.pipe(response);
          }
        },
      );
      onward.once("error", reject);
      // Whoever asked has gone; what is under way is not undone by that.
      response.once("close", () => resolve());
      onward.end(body);
    });
  }

  /** Reads an answer whole and takes down which stream the iterator in it is of. */
  private async learn(answer: IncomingMessage, { input }: Call): Promise<Buffer> {
    const text = await readAll(answer);
    const named = input.StreamArn ?? input.StreamARN;
    const stream =
      typeof named === "string" ? named : this.tokens.streamOf(String(input.ShardIterator ?? ""));
    if (stream !== undefined) {
      this.tokens.learn(stream, text);
    }
    return text;
  }
}

function callOf(
  request: IncomingMessage,
  body: Buffer,
  session: RoleSession,
  { region }: Caller,
  target: string | undefined,
  service: Service | undefined,
): Call {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  const common = {
    session,
    region,
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    headers: request.headers,
  };
  if (target !== undefined) {
    const input = (body.length === 0 ? {} : JSON.parse(body.toString("utf8"))) as Record<string, unknown>;
    return { ...common, operation: target.split(".")[1] ?? "", input };
  }
  if (service?.protocol === "query") {
    const input = Object.fromEntries(new URLSearchParams(body.toString("utf8")));
    return { ...common, operation: input.Action ?? "", input };
  }
  return { ...common, operation: "", input: {} };
}

function targetOf({ headers }: IncomingMessage): string | undefined {
  const target = headers["x-amz-target"];
  return typeof target === "string" ? target : undefined;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
