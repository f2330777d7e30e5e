import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { UsageError } from "../errors";
import { PAGE_DIR } from "../layout";

/** What a page's server needs. */
export interface PageServerOptions {
  /** The port; any free one where it is undefined. */
  port: number | undefined;
  /** Gets each page that begins to listen; the response is open, and is closed when the page is. */
  onListener(response: ServerResponse): void;
}

/** A page's server that runs. */
export interface PageServer {
  /** Where the page is. */
  url: string;
  /** Ends it, and every page's connection. */
  close(): Promise<void>;
}

const FILES: Readonly<Record<string, { file: string; type: string }>> = {
  "": { file: "index.html", type: "text/html; charset=utf-8" },
  "page.js": { file: "page.js", type: "text/javascript; charset=utf-8" },
  "page.css": { file: "page.css", type: "text/css; charset=utf-8" },
  "icon.svg": { file: "icon.svg", type: "image/svg+xml" },
};

/** The page may load and reach what is on this server, and nothing else; nobody may frame it. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** How soon a page that lost its server asks for it again. */
const AGAIN_MS = 1_000;

/**
 * Serves the page on 127.0.0.1, under a path that nobody else on this machine knows: it shows rows. A request with
 * another host's name (as DNS rebinding leads here) or from another site's page is refused.
 *
 * @throws UsageError where the port is taken
 */
export async function startPageServer({ port, onListener }: PageServerOptions): Promise<PageServer> {
  const files = new Map<string, Buffer>();
  for (const { file } of Object.values(FILES)) {
    files.set(file, await readFile(join(PAGE_DIR, file)));
  }
  const root = `/${randomBytes(12).toString("base64url")}/`;
  const server = createServer((request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      return answer(response, refusal.code, refusal.text);
    }
    const path = request.url?.split("?")[0] ?? "";
    const name = path.startsWith(root) ? path.slice(root.length) : undefined;
    if (name === "events") {
      response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream; charset=utf-8" });
      response.write(`retry: ${AGAIN_MS}\n\n`);
      return onListener(response);
    }
    const served = name === undefined || !Object.hasOwn(FILES, name) ? undefined : FILES[name];
    if (!served) {
      return answer(response, 404, "There is nothing here: open the address that rowstream printed.");
    }
    response.writeHead(200, { ...HEADERS, "content-type": served.type });
    response.end(request.method === "HEAD" ? undefined : files.get(served.file));
  });
  await listen(server, port ?? 0);
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}${root}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The names of this machine, with whatever port a tunnel has on its other end. */
const OWN_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

function refusalOf(request: IncomingMessage): { code: number; text: string } | undefined {
  if (!OWN_HOST.test(request.headers.host ?? "")) {
    return { code: 421, text: "This server answers for 127.0.0.1 alone." };
  }
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return { code: 403, text: "This server answers no other site's pages." };
  }
  return request.method === "GET" || request.method === "HEAD"
    ? undefined
    : { code: 405, text: "This server only shows." };
}

function answer(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { ...HEADERS, "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      throw new UsageError(
        `port ${port} of 127.0.0.1 is taken`,
        "name another one with --page-port, or leave it out for any free one",
      );
    }
    throw error;
  }
}
