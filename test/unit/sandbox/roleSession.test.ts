import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { NotAssumable, ServiceRoles } from "../../../sandbox/roleSession";

const HOUR_MS = 3_600_000;

describe("a service's session in a role", () => {
  /** The roles that STS was asked for. */
  let asked: string[];
  /** How long the credentials last that STS gives; null for a refusal. */
  let lastMs: number | null;
  let server: Server;
  let roles: ServiceRoles;

  beforeEach(async () => {
    asked = [];
    lastMs = HOUR_MS;
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        asked.push(new URLSearchParams(body).get("RoleArn") ?? "");
        response.statusCode = lastMs === null ? 403 : 200;
        response.setHeader("Content-Type", "text/xml").end(answer());
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    roles = new ServiceRoles("dms.amazonaws.com", { endpoint, region: "us-east-1" });
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("asks once for any number of calls, also of those that come at the same time", async () => {
    const session = roles.session(() => role("one"));
    const [first, second] = await Promise.all([session(), session()]);
    assert.equal(first?.accessKeyId, "key-1");
    assert.equal(second?.accessKeyId, "key-1");
    assert.equal((await session()).accessKeyId, "key-1");
    assert.deepEqual(asked, ["one"]);
  });

  it("asks again when the role is another", async () => {
    let name = "one";
    const session = roles.session(() => role(name));
    await session();
    name = "two";
    assert.equal((await session()).accessKeyId, "key-2");
    assert.deepEqual(asked, ["one", "two"]);
  });

  it("asks again some minutes before the credentials end", async () => {
    lastMs = 4 * 60_000;
    const session = roles.session(() => role("one"));
    await session();
    assert.equal((await session()).accessKeyId, "key-2");
  });

  it("asks again after a refusal", async () => {
    lastMs = null;
    const session = roles.session(() => role("one"));
    await assert.rejects(session(), NotAssumable);
    lastMs = HOUR_MS;
    assert.equal((await session()).accessKeyId, "key-2");
  });

  function role(roleArn: string) {
    return { roleArn, sessionName: "test" };
  }

  function answer(): string {
    if (lastMs === null) {
      return "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    }
    const end = new Date(Date.now() + lastMs).toISOString();
    const credentials = `<AccessKeyId>key-${asked.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${end}</Expiration>`;
    return `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  }
});
