import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { InitQuestions } from "../../../cli/initQuestions";

const ENTER = "\r";
const DOWN = "\u001b[B";
const CTRL_C = "\u0003";

/** A terminal on which a text is typed as soon as a question shows that it is waited for. */
function typing(script: [question: RegExp, keys: string[]][]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const shown: string[] = [];
  let since = 0;
  output.on("data", (chunk: Buffer) => {
    shown.push(chunk.toString());
    const [next] = script;
    if (next?.[0].test(shown.slice(since).join(""))) {
      script.shift();
      since = shown.length;
      // A prompt listens once it has drawn itself.
      setImmediate(() => {
        for (const key of next[1]) {
          input.write(key);
        }
      });
    }
  });
  return { terminal: { input, output }, shown: () => shown.join("") };
}

describe("the questions of init", () => {
  it("ask for the way to the source, with the engine's defaults, and show no password", async () => {
    const { terminal, shown } = typing([
      [/Which engine/, [DOWN, ENTER]],
      [/Its host/, ["db.example.com", ENTER]],
      [/Its port/, [ENTER]],
      [/The database/, ["shop", ENTER]],
      [/The user that/, ["dms", ENTER]],
      [/password/, ["hunter2", ENTER]],
      [/encrypted/, [ENTER]],
    ]);
    const questions = await InitQuestions.on(terminal);
    assert.deepEqual(await questions.connection(), {
      engine: "aurora-postgresql",
      host: "db.example.com",
      port: 5432,
      database: "shop",
      username: "dms",
      password: "hunter2",
      sslMode: "require",
    });
    assert.doesNotMatch(shown(), /hunter2/);
  });

  it("propose the schemas that were found", async () => {
    const { terminal } = typing([[/Which tables/, [DOWN, " ", ENTER]]]);
    const questions = await InitQuestions.on(terminal);
    assert.deepEqual(await questions.patterns(["public.%", "sales.%"]), ["public.%"]);
  });

  it("write nothing where they are left", async () => {
    const { terminal } = typing([[/Which tables/, [CTRL_C]]]);
    const questions = await InitQuestions.on(terminal);
    await assert.rejects(questions.patterns(["public.%"]), { name: "DeclinedError" });
  });
});
