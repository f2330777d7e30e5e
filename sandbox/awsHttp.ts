import { Agent, type IncomingMessage, request } from "node:http";
import { NotAssumable } from "./roleSession";

/** A service answered with an error, or could not be reached: then the code is Node's, such as ECONNREFUSED. */
export class AwsHttpError extends Error {
  override name = "AwsHttpError";

  /** @param status the HTTP status; 0 where there was no answer */
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later: no answer, throttling or a fault of the server. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code.includes("Throttl");
  }

  /** Whether the role does not allow it, a use of a key in its name included, or cannot be had. */
  get denied(): boolean {
    return this.code.includes("AccessDenied") || this.code === "NotAssumable";
  }
}

interface Call extends CallOptions {
  /** As in the credential scope, such as `dynamodb`. */
  service: string;
  /** The part of the endpoint variable after `AWS_ENDPOINT_URL_`. */
  endpoint: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Where requests go: to this machine alone, which whoever makes one of these has seen to. */
export interface AwsPlace {
  region: string;
  /** The endpoint of a service, by the part of the endpoint variable after `AWS_ENDPOINT_URL_`. */
  endpointOf(service: string): URL;
}

/** How long a call may take. */
export interface CallOptions {
  /** Gives it up. */
  signal?: AbortSignal;
  /** How long the answer is waited for, in milliseconds; 0 for as long as it takes. Default: 15,000. */
  timeoutMs?: number;
}

/** As whom requests are made. */
export type Credentials = () => Promise<{ accessKeyId: string }>;

const TIMEOUT_MS = 15_000;

const ADMINISTRATOR: Credentials = async () => ({ accessKeyId: "sandbox" });

/**
 * Speaks the wire protocols of the services that the mapping runner and the replicator need, without an SDK: stream
 * records reach the function as the service wrote them, with no conversion in between that could touch a number, and
 * a row is written with less processor time.
 *
 * Requests name an access key and carry no valid signature: only loopback endpoints are ever called (the stand-ins
 * refuse others as they start), and what listens there reads account, region and service from the header and checks
 * none.
 */
export class AwsHttp {
  constructor(
    private readonly place: AwsPlace,
    private readonly credentials: Credentials = ADMINISTRATOR,
    private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 }),
  ) {}

  /** The same connections, in a role. */
  as(credentials: Credentials): AwsHttp {
    return new AwsHttp(this.place, credentials, this.agent);
  }

  /** Calls an operation of a service that speaks AWS JSON. */
  async json<T>(
    service: JsonService,
    operation: string,
    input: object,
    options: CallOptions = {},
  ): Promise<T> {
    const { scope, endpoint, target, version } = JSON_SERVICES[service];
    const text = await this.send({
      service: scope,
      endpoint,
      method: "POST",
      path: "/",
      headers: {
        "content-type": `application/x-amz-json-${version}`,
        "x-amz-target": `${target}.${operation}`,
      },
      body: JSON.stringify(input),
      ...options,
    });
    return (text === "" ? {} : JSON.parse(text)) as T;
  }

  /** Stores an object (Amazon S3, PutObject, path style). */
  async putObject(bucket: string, key: string, body: string): Promise<void> {
    const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
    const headers = { "content-type": "application/json", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    await this.send({ service: "s3", endpoint: "S3", method: "PUT", path, headers, body });
  }

  /** Looks into a bucket (Amazon S3, ListObjectsV2). */
  async listBucket(bucket: string): Promise<void> {
    const path = `/${bucket}?list-type=2&max-keys=1`;
    await this.send({ service: "s3", endpoint: "S3", method: "GET", path, headers: {}, body: "" });
  }

  /** Publishes a message to a topic (Amazon SNS, Publish, the Query protocol). */
  async publish(topicArn: string, message: string): Promise<void> {
    const form = { Action: "Publish", Version: "2010-03-31", TopicArn: topicArn, Message: message };
    const body = new URLSearchParams(form).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await this.send({ service: "sns", endpoint: "SNS", method: "POST", path: "/", headers, body });
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }

  private async send(call: Call): Promise<string> {
    const { accessKeyId } = await this.credentials().catch((error: Error) => {
      throw new AwsHttpError(error.name, error.message, error instanceof NotAssumable ? 403 : 0);
    });
    try {
      return await this.once(call, accessKeyId);
    } catch (error) {
      // The server closed a kept connection just as it was used again: the request never reached it.
      if (error instanceof StaleConnection) {
        return this.once(call, accessKeyId);
      }
      throw error;
    }
  }

  private once(call: Call, accessKeyId: string): Promise<string> {
    const url = this.place.endpointOf(call.endpoint);
    const scope = `${accessKeyId}/${new Date().toISOString().slice(0, 10).replaceAll("-", "")}/${this.place.region}`;
    const body = Buffer.from(call.body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.agent,
          host: url.hostname.replace(/^\[|\]$/g, ""),
          port: url.port,
          method: call.method,
          path: call.path,
          headers: {
            ...call.headers,
            authorization: `AWS4-HMAC-SHA256 Credential=${scope}/${call.service}/aws4_request, SignedHeaders=host, Signature=sandbox`,
            "content-length": body.length,
          },
          timeout: call.timeoutMs ?? TIMEOUT_MS,
          ...(call.signal !== undefined && { signal: call.signal }),
        },
        (answer) => {
          readAnswer(answer).then(resolve, reject);
        },
      );
      outgoing.on("timeout", () =>
        outgoing.destroy(
          new AwsHttpError(
            "ETIMEDOUT",
            `${call.service} did not answer within ${call.timeoutMs ?? TIMEOUT_MS} ms`,
            0,
          ),
        ),
      );
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
        reject(stale ? new StaleConnection() : asHttpError(error, call.service));
      });
      outgoing.end(body);
    });
  }
}

class StaleConnection extends Error {}

function asHttpError(error: NodeJS.ErrnoException, service: string): AwsHttpError {
  return error instanceof AwsHttpError
    ? error
    : new AwsHttpError(error.code ?? "NetworkingError", `${service} is not reachable: ${error.message}`, 0);
}

async function readAnswer(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) {
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw asHttpError(error as NodeJS.ErrnoException, "the service");
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const status = answer.statusCode ?? 0;
  if (status >= 300) {
    throw errorOf(text, status);
  }
  return text;
}

/** The error in a JSON or an XML body. */
function errorOf(text: string, status: number): AwsHttpError {
  let code: string | undefined;
  let message: string | undefined;
  if (text.startsWith("{")) {
    const body = JSON.parse(text) as { __type?: string; message?: string; Message?: string };
    code = body.__type?.split("#").pop();
    message = body.message ?? body.Message;
  } else {
    code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
    message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  }
  return new AwsHttpError(
    code ?? `HTTP${status}`,
    message ?? `the service answered with HTTP status ${status}`,
    status,
  );
}

const JSON_SERVICES = {
  dynamodb: { scope: "dynamodb", endpoint: "DYNAMODB", target: "DynamoDB_20120810", version: "1.0" },
  dynamodbstreams: {
    scope: "dynamodb",
    endpoint: "DYNAMODB_STREAMS",
    target: "DynamoDBStreams_20120810",
    version: "1.0",
  },
  cloudwatch: {
    scope: "monitoring",
    endpoint: "CLOUDWATCH",
    target: "GraniteServiceVersion20100801",
    version: "1.0",
  },
  logs: { scope: "logs", endpoint: "CLOUDWATCH_LOGS", target: "Logs_20140328", version: "1.1" },
  kinesis: { scope: "kinesis", endpoint: "KINESIS", target: "Kinesis_20131202", version: "1.1" },
  sqs: { scope: "sqs", endpoint: "SQS", target: "AmazonSQS", version: "1.0" },
} as const;

/** The services that are called over AWS JSON. */
export type JsonService = keyof typeof JSON_SERVICES;
