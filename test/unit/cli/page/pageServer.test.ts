import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { type PageServer, startPageServer } from "../../../../cli/page/pageServer";

interface Answer {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

describe("the page's server", () => {
  let server: PageServer;
  let listeners: ServerResponse[];

  beforeEach(async () => {
    listeners = [];
    server = await startPageServer({ port: undefined, onListener: (response) => listeners.push(response) });
  });

  afterEach(() => server.close());

  /** Asks as anything could, not only as `fetch` may. */
  async function ask(
    path: string,
    { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const asked = request(new URL(path, server.url), { method, headers }).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response.setEncoding("utf8")) {
      body += chunk;
    }
    return { status: response.statusCode, headers: response.headers, body };
  }

  for (const [path, type, content] of [
    ["", "text/html; charset=utf-8", /<script src="page\.js"/],
    ["page.js", "text/javascript; charset=utf-8", /EventSource/],
    ["page.css", "text/css; charset=utf-8", /prefers-color-scheme/],
    ["icon.svg", "image/svg+xml", /<svg/],
  ] as const) {
    it(`serves ${path || "the page"}, which may reach nothing but this server`, async () => {
      const { status, headers, body } = await ask(path);
      assert.deepEqual([status, headers["content-type"]], [200, type]);
      assert.match(body, content);
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /^default-src 'none'; /);
      assert.deepEqual([...new Set(policy.match(/'[^']*'|https?:|\*|data:|blob:/g))].sort(), [
        "'none'",
        "'self'",
      ]);
      assert.deepEqual(
        [headers["x-content-type-options"], headers["referrer-policy"], headers["cache-control"]],
        ["nosniff", "no-referrer", "no-store"],
      );
      assert.equal(headers["access-control-allow-origin"], undefined);
    });
  }

  it("is under a path of its own in each run", async () => {
    const other = await startPageServer({ port: undefined, onListener: () => undefined });
    await other.close();
    const [first, second] = [server.url, other.url].map((url) => new URL(url).pathname);
    assert.match(first ?? "", /^\/[\w-]{16}\/$/);
    assert.notEqual(first, second);
    assert.equal((await ask("/")).status, 404);
    assert.equal((await ask("/page.js")).status, 404);
    assert.equal((await ask("/events")).status, 404);
  });

  for (const path of [
    "../package.json",
    "%2e%2e/%2e%2e/package.json",
    "toString",
    "index.html",
    "page.js/x",
  ]) {
    it(`has nothing at ${path}`, async () => assert.equal((await ask(path)).status, 404));
  }

  it("refuses another host's name, by which DNS rebinding would lead here", async () => {
    for (const host of [
      "evil.example",
      "evil.example:80",
      "127.0.0.1.nip.example",
      "localhost.evil.example:80",
    ]) {
      assert.equal((await ask("", { headers: { host } })).status, 421, host);
    }
    for (const host of ["localhost", "localhost:8080", "127.0.0.1:1"]) {
      assert.equal((await ask("", { headers: { host } })).status, 200, `${host}, as behind a tunnel`);
    }
  });

  it("refuses another site's page, and whatever would change something", async () => {
    assert.equal((await ask("events", { headers: { "sec-fetch-site": "cross-site" } })).status, 403);
    assert.equal((await ask("events", { headers: { "sec-fetch-site": "same-site" } })).status, 403);
    assert.equal((await ask("", { headers: { "sec-fetch-site": "none" } })).status, 200);
    assert.equal((await ask("events", { method: "POST" })).status, 405);
    assert.deepEqual(listeners, []);
  });

  it("hands a page that listens over, and ends its connection with itself", async () => {
    const asked = request(new URL("events", server.url)).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    assert.equal(response.headers["content-type"], "text/event-stream; charset=utf-8");
    assert.equal(listeners.length, 1);
    const ended = once(response, "error");
    response.resume();
    await server.close();
    await ended;
    server = await startPageServer({ port: undefined, onListener: () => undefined });
  });

  it("listens on 127.0.0.1 alone, on the port that is asked for, and says so where that is taken", async () => {
    const url = new URL(server.url);
    assert.equal(url.hostname, "127.0.0.1");
    const port = Number(url.port);
    await assert.rejects(startPageServer({ port, onListener: () => undefined }), {
      name: "UsageError",
      message: `port ${port} of 127.0.0.1 is taken`,
    });
    await server.close();
    server = await startPageServer({ port, onListener: () => undefined });
    assert.equal(new URL(server.url).port, String(port));
  });
});
