import assert from "node:assert/strict";
import { createClients } from "../../../../sandbox/provider/clients";
import { readEndpoints } from "../../../../sandbox/provider/endpoints";

describe("readEndpoints", () => {
  it("gives each service its own endpoint, else the general one", () => {
    const endpoints = readEndpoints({
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_ENDPOINT_URL_LAMBDA: "http://localhost:9000",
    });
    assert.equal(endpoints.of("LAMBDA"), "http://localhost:9000");
    assert.equal(endpoints.of("DYNAMODB"), "http://127.0.0.1:4566");
  });

  it("refuses to act where AWS_ENDPOINT_URL is missing: it would be a real account", () => {
    assert.throws(() => readEndpoints({}), /AWS_ENDPOINT_URL is not set/);
    assert.throws(() => readEndpoints({ AWS_ENDPOINT_URL: "" }), /AWS_ENDPOINT_URL is not set/);
    assert.throws(
      () => readEndpoints({ AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1" }),
      /AWS_ENDPOINT_URL is not set/,
    );
  });

  it("refuses any endpoint that is not on this machine", () => {
    for (const value of [
      "https://dynamodb.us-east-1.amazonaws.com",
      "http://10.0.0.1:4566",
      "http://127.0.0.1.example.com",
      "http://localhost@example.com",
      "nonsense",
    ]) {
      assert.throws(
        () => readEndpoints({ AWS_ENDPOINT_URL: "http://127.0.0.1:4566", AWS_ENDPOINT_URL_S3: value }),
        (error: Error) => error.message.startsWith(`AWS_ENDPOINT_URL_S3 is "${value}"`),
      );
    }
  });
});

describe("createClients", () => {
  it("leads every client to this machine as nobody, whatever the environment and files say", async () => {
    const clients = createClients(readEndpoints({ AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }), "us-east-1");
    for (const [service, client] of Object.entries(clients)) {
      const endpoint = await (client.config.endpoint as () => Promise<{ hostname: string }>)();
      assert.equal(endpoint.hostname, "127.0.0.1", service);
      const { accessKeyId } = await (client.config.credentials as () => Promise<{ accessKeyId: string }>)();
      assert.equal(accessKeyId, "sandbox", service);
    }
  });
});
