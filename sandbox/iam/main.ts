/**
 * IAM's part of the sandbox: the gateway between those who act in a role's name and AWS's services. Its configuration
 * is its environment: AWS_ENDPOINT_URL (MiniStack's) and ROWSTREAM_STATE_DIR (required), AWS_REGION, ROWSTREAM_PORT
 * (default: any free one) and ROWSTREAM_PRIVILEGES_DIR (a folder that gets a copy of what was granted and used). It
 * says on standard output, in one line, where it listens, and ends on SIGTERM or when its standard input closes.
 */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Gateway } from "./gateway";
import { log, messageOf } from "./log";
import { Resources } from "./resources";
import { Roles } from "./roles";
import { readStandIns } from "./standIns";
import { Usage } from "./usage";

const HOST = "127.0.0.1";
const LOOPBACK = new Set([HOST, "localhost", "[::1]"]);

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set; the sandbox sets it when it starts this part`);
  }
  return value;
}

/** @throws Error where it may be somebody's real account */
function localEndpoint(name: string, text: string): URL {
  if (!URL.canParse(text) || !LOOPBACK.has(new URL(text).hostname)) {
    throw new Error(
      `${name} is "${text}", which is not on this machine; the sandbox only talks to http://127.0.0.1:<port>`,
    );
  }
  return new URL(text);
}

function main(): void {
  const aws = localEndpoint("AWS_ENDPOINT_URL", required("AWS_ENDPOINT_URL"));
  const stateDir = required("ROWSTREAM_STATE_DIR");
  const copies = process.env.ROWSTREAM_PRIVILEGES_DIR;
  const common = { endpoint: aws.origin, region: process.env.AWS_REGION ?? "us-east-1" };
  const usage = new Usage(stateDir, copies === undefined ? undefined : join(copies, `${randomUUID()}.json`));
  const gateway = new Gateway({
    aws,
    standIn: (name) => localEndpoint(`the endpoint of ${name}`, readStandIns(stateDir)[name]),
    usage,
    roles: new Roles(new IAMClient(common), (name, role) => usage.granted(name, role)),
    resources: new Resources({
      dynamodb: new DynamoDBClient(common),
      kinesis: new KinesisClient({ ...common, requestHandler: new NodeHttpHandler() }),
      kms: new KMSClient(common),
      s3: new S3Client({ ...common, forcePathStyle: true }),
      secrets: new SecretsManagerClient(common),
    }),
  });
  const server = gateway.createServer();
  const end = () => {
    usage.flush();
    process.exit(0);
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.stdin.resume().once("close", end);
  server.once("error", (error) => {
    log("error", messageOf(error));
    process.exit(1);
  });
  server.listen(Number(process.env.ROWSTREAM_PORT ?? 0), HOST, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`);
  });
}

try {
  main();
} catch (error) {
  log("error", messageOf(error));
  process.exit(1);
}
