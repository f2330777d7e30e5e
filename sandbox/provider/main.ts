/**
 * The provider stand-ins: what the Pulumi engine takes for its `aws` and `awsx` plugins, on this machine only.
 * A process of the sandbox: `AWS_ENDPOINT_URL…` say where AWS's services are, `AWS_REGION` which region a program
 * without one is in (default us-east-1), `ROWSTREAM_AWS_PORT` and `ROWSTREAM_AWSX_PORT` on which ports to listen
 * (default any). One line of JSON on standard output names the two ports, to which the engine is attached by
 * `PULUMI_DEBUG_PROVIDERS=aws:<awsPort>,awsx:<awsxPort>`. It ends with SIGTERM or when its input closes.
 */

import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { AwsProvider } from "./awsProvider";
import { awsxService } from "./awsxProvider";
import { readEndpoints } from "./endpoints";
import { log } from "./log";
import { messageOf } from "./providerErrors";
import { versionOf } from "./versions";

/** As the engine's own servers: a program's archive or a stack's output may be large. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** The checkout, whose program is the one that runs in its sandbox. */
const PROJECT_FOLDER = join(__dirname, "..", "..", "..");

const servers: Server[] = [];

async function serve(service: IResourceProviderServer, port: number): Promise<number> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  servers.push(server);
  server.addService(ResourceProviderService, service);
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
}

function readPort(text = "0"): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`"${text}" is no port; give one from 1 to 65535, or 0 for any`);
  }
  return port;
}

function end(): void {
  for (const server of servers) {
    server.forceShutdown();
  }
  process.exit(0);
}

async function main(): Promise<void> {
  const endpoints = readEndpoints(process.env);
  const region = process.env.AWS_REGION || "us-east-1";
  const aws = new AwsProvider({
    endpoints,
    region,
    version: versionOf("@pulumi/aws"),
    projectFolder: PROJECT_FOLDER,
  });
  const awsPort = await serve(aws.service(), readPort(process.env.ROWSTREAM_AWS_PORT));
  const awsxPort = await serve(awsxService(region), readPort(process.env.ROWSTREAM_AWSX_PORT));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.stdin.resume().once("close", end);
  process.stdout.write(`${JSON.stringify({ ready: true, awsPort, awsxPort })}\n`);
}

main().catch((error: unknown) => {
  log("error", messageOf(error));
  process.exit(1);
});
