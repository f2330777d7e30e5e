import type { Readable, Writable } from "node:stream";
import type { SourceConnection } from "../automation/source/sourceConnection";
import {
  ENGINES,
  SOURCE_ENGINES,
  type SourceEngine,
  type SslMode,
} from "../components/replication/endpointSettings";
import { DeclinedError } from "./errors";

/** Where the questions are asked. */
export interface Terminal {
  input: Readable;
  output: Writable;
  signal?: AbortSignal;
}

type Prompts = typeof import("@clack/prompts");

/** Questions on a terminal. Every one throws DeclinedError where it is left with Ctrl-C or Escape. */
export class InitQuestions {
  private constructor(
    private readonly prompts: Prompts,
    private readonly terminal: Terminal,
  ) {}

  static async on(terminal: Terminal): Promise<InitQuestions> {
    return new InitQuestions(await import("@clack/prompts"), terminal);
  }

  /** The way to the source, with the engine's own defaults. */
  async connection(): Promise<SourceConnection> {
    const engine = await this.answered(
      this.prompts.select<SourceEngine>({
        message: "Which engine is the source?",
        options: SOURCE_ENGINES.map((value) => ({ value, label: value })),
        ...this.terminal,
      }),
    );
    const { port, database, sslModes } = ENGINES[engine];
    const host = await this.text("Its host", { required: true });
    return {
      engine,
      host,
      port: Number(await this.text("Its port", { proposed: String(port), pattern: /^\d{1,5}$/ })),
      database: await this.text("The database", { required: database }),
      username: await this.text("The user that DMS connects as", { required: true }),
      ...(await this.password()),
      sslMode: await this.answered(
        this.prompts.select<SslMode>({
          message: "How is the connection encrypted?",
          options: sslModes.map((value) => ({ value, label: value })),
          initialValue: sslModes.includes("require") ? "require" : (sslModes[0] ?? "none"),
          ...this.terminal,
        }),
      ),
    };
  }

  /** The password; nothing for none. */
  async password(): Promise<{ password?: string }> {
    const password = await this.answered(
      this.prompts.password({ message: "The user's password (nothing for none)", ...this.terminal }),
    );
    return password ? { password } : {};
  }

  /** @param proposed the answer where nothing is typed */
  async text(
    message: string,
    options: { proposed?: string; required?: boolean; pattern?: RegExp } = {},
  ): Promise<string> {
    const { proposed = "", required, pattern } = options;
    const answer = await this.answered(
      this.prompts.text({
        message,
        ...(proposed !== "" && { placeholder: proposed, defaultValue: proposed }),
        validate: (value) => {
          const given = value || proposed;
          if (required && given === "") return "it is needed";
          return pattern === undefined || pattern.test(given) ? undefined : `it must match ${pattern.source}`;
        },
        ...this.terminal,
      }),
    );
    return answer ?? "";
  }

  /** Which of the patterns; at least one. */
  async patterns(proposed: readonly string[]): Promise<string[]> {
    return proposed.length === 1
      ? [
          await this.text("Which tables? (schema.table; % stands for any text)", {
            proposed: proposed[0] ?? "",
          }),
        ]
      : this.answered(
          this.prompts.multiselect<string>({
            message: "Which tables?",
            options: proposed.map((value) => ({ value, label: value })),
            initialValues: [...proposed],
            required: true,
            ...this.terminal,
          }),
        );
  }

  async confirm(message: string): Promise<boolean> {
    return this.answered(this.prompts.confirm({ message, initialValue: false, ...this.terminal }));
  }

  private async answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
    const answer = await question;
    if (this.prompts.isCancel(answer)) {
      throw new DeclinedError("left: nothing was written");
    }
    return answer as Exclude<T, symbol>;
  }
}
