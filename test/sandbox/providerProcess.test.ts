import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const MAIN = join(__dirname, "..", "..", "sandbox", "provider", "main.js");
const LOCAL = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };

describe("the provider stand-ins' process", function () {
  this.timeout(30_000);
  const children: ChildProcess[] = [];

  afterEach(() => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
    }
  });

  function start(env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [MAIN], { env, stdio: ["pipe", "pipe", "pipe"] });
    children.push(child);
    return child;
  }

  async function readyLine(
    child: ChildProcess,
  ): Promise<{ ready: boolean; awsPort: number; awsxPort: number }> {
    assert.ok(child.stdout);
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return JSON.parse(line);
  }

  async function failure(env: Record<string, string>): Promise<string> {
    const child = start(env);
    let text = "";
    child.stderr?.on("data", (data) => {
      text += data;
    });
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    return text;
  }

  async function connects(host: string, port: number): Promise<boolean> {
    const socket = connect(port, host);
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  it("listens on two ports of 127.0.0.1 and nowhere else", async () => {
    const { ready, awsPort, awsxPort } = await readyLine(start(LOCAL));
    assert.equal(ready, true);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal)
      .map(({ address }) => address);
    for (const port of [awsPort, awsxPort]) {
      assert.equal(await connects("127.0.0.1", port), true);
      for (const host of others) {
        assert.equal(await connects(host, port), false, host);
      }
    }
  });

  it("listens again where it did, when it is told to", async () => {
    const first = start(LOCAL);
    const { awsPort, awsxPort } = await readyLine(first);
    first.kill("SIGKILL");
    await once(first, "exit");
    const ports = { ROWSTREAM_AWS_PORT: `${awsPort}`, ROWSTREAM_AWSX_PORT: `${awsxPort}` };
    assert.deepEqual(await readyLine(start({ ...LOCAL, ...ports })), { ready: true, awsPort, awsxPort });
  });

  it("ends in order when its input closes, and on SIGTERM", async () => {
    for (const end of [
      (child: ChildProcess) => child.stdin?.end(),
      (child: ChildProcess) => child.kill("SIGTERM"),
    ]) {
      const child = start(LOCAL);
      await readyLine(child);
      end(child);
      const [code] = await once(child, "exit");
      assert.equal(code, 0);
    }
  });

  it("refuses to start where any endpoint is not this machine, or none is set", async () => {
    assert.match(await failure({}), /AWS_ENDPOINT_URL is not set/);
    const real = { ...LOCAL, AWS_ENDPOINT_URL_DYNAMODB: "https://dynamodb.us-east-1.amazonaws.com" };
    assert.match(
      await failure(real),
      /AWS_ENDPOINT_URL_DYNAMODB is "https:\/\/dynamodb\.us-east-1\.amazonaws\.com"/,
    );
  });
});
