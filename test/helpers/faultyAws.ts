import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request instead of being passed on: an error of the service, or the connection's end. */
export type Fault = { status: number; type: string } | "reset";

/** Decides on each request, by its operation's name; undefined passes it on. */
export type FaultRule = (operation: string) => Fault | undefined;

/** A proxy in front of an AWS endpoint that makes requests fail as they are told to. */
export class FaultyAws {
  /** Which requests fail; none to begin with. */
  rule: FaultRule = () => undefined;
  /** How many did. */
  faults = 0;
  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer((request, response) => this.handle(request, response));
  }

  static async start(endpoint: string): Promise<FaultyAws> {
    const proxy = new FaultyAws(new URL(endpoint));
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const operation = String(request.headers["x-amz-target"] ?? "")
      .split(".")
      .pop();
    const fault = this.rule(operation ?? "");
    if (fault === undefined) {
      this.passOn(request, response);
      return;
    }
    this.faults++;
    if (fault === "reset") {
      request.socket.destroy();
      return;
    }
    request.resume();
    request.once("end", () => {
      response.writeHead(fault.status, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: fault.type, message: "injected" }));
    });
  }

  private passOn(request: IncomingMessage, response: ServerResponse): void {
    const { hostname, port } = this.target;
    const { method, url: path, headers } = request;
    const onward = send({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.once("error", () => response.destroy());
    request.pipe(onward);
  }
}
