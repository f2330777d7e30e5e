import { createServer } from "node:net";

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}

/**
 * A TCP port of 127.0.0.1 that nothing listened on a moment ago. Somebody else may take it before it is used, so
 * callers try again with another one.
 * @param preferred taken where it is free, as a kept sandbox wants the ports of its last run
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined) {
    try {
      return await listenOnce(preferred);
    } catch {
      // Taken by somebody else: any other will do.
    }
  }
  return listenOnce(0);
}

/**
 * Starts a server on a free port, and on another one where the first was taken in between.
 * @param start starts the server; it throws where it cannot
 * @param portWasTaken tells from the error whether another port may help
 * @param preferred the port to try first
 */
export async function startOnFreePort<T>(
  start: (port: number) => Promise<T>,
  portWasTaken: (error: unknown) => boolean,
  preferred?: number,
): Promise<T> {
  const attempts = 5;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? preferred : undefined);
    try {
      return await start(port);
    } catch (error) {
      if (attempt === attempts || !portWasTaken(error)) {
        throw error;
      }
    }
  }
}
