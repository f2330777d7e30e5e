import type { ServerResponse } from "node:http";
import type { Messages } from "../../page/model/wire";

/** What waits for a browser that is slower than the stream: more is left out, the oldest first. */
const WAITING_EVENTS = 2_000;
const WAITING_CHARACTERS = 4_000_000;

/**
 * One open page. While its connection takes nothing more, events wait for it in a bounded queue, and what tells of now
 * is left out: the next one says the same of later.
 */
export class Viewer {
  readonly #response: ServerResponse;
  /** Events as JSON, oldest first; they are the same texts for all viewers. */
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #dropped = 0;
  #isBlocked = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on("drain", () => {
      this.#isBlocked = false;
    });
  }

  /** Queues an event, as JSON. */
  add(event: string): void {
    this.#waiting.push(event);
    this.#waitingCharacters += event.length;
    if (this.#waiting.length > WAITING_EVENTS || this.#waitingCharacters > WAITING_CHARACTERS) {
      this.#dropHalf();
    }
  }

  /** Sends the events that wait, if the connection takes them. */
  flush(): void {
    if (this.#isBlocked || (this.#waiting.length === 0 && this.#dropped === 0)) {
      return;
    }
    this.#write("events", `{"events":[${this.#waiting.join(",")}],"dropped":${this.#dropped}}`);
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#dropped = 0;
  }

  /** Sends a message now, or not at all. */
  tell<Name extends keyof Messages>(name: Name, message: Messages[Name]): void {
    if (!this.#isBlocked) {
      this.#write(name, JSON.stringify(message));
    }
  }

  /** Half at once: one by one, each event more would move all of them. */
  #dropHalf(): void {
    const count = Math.ceil(this.#waiting.length / 2);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingCharacters = this.#waiting.reduce((sum, event) => sum + event.length, 0);
    this.#dropped += count;
  }

  #write(name: keyof Messages, data: string): void {
    this.#isBlocked = !this.#response.write(`event: ${name}\ndata: ${data}\n\n`);
  }
}
