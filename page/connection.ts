import type { Messages } from "./model/wire";
import { connection, pipeline, receiveEvents, receiveHello, receiveSecond } from "./store";

// A browser gives up on a server that answers with an error; this page never does.
const AGAIN_MS = 2_000;

/** Listens to the server, and goes on trying when it is gone. */
export function connect(): void {
  const source = new EventSource("events");
  const on = <Name extends keyof Messages>(name: Name, receive: (message: Messages[Name]) => void) =>
    source.addEventListener(name, (event) => receive(JSON.parse((event as MessageEvent<string>).data)));
  on("hello", (hello) => {
    connection.value = "open";
    receiveHello(hello);
  });
  on("events", receiveEvents);
  on("second", receiveSecond);
  on("pipeline", (view) => {
    pipeline.value = view;
  });
  source.addEventListener("error", () => {
    connection.value = "lost";
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(connect, AGAIN_MS);
    }
  });
}
