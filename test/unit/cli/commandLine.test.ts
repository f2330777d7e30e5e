import assert from "node:assert/strict";
import { resolve } from "node:path";
import { CommanderError } from "commander";
import { commandLine, type Handlers } from "../../../cli/commandLine";

interface Called {
  name?: string;
  options?: unknown;
  output: string;
}

/** Parses a command line; the handlers only note what they were called with. */
async function run(...argv: string[]): Promise<Called> {
  const called: Called = { output: "" };
  const handler = (name: string) => async (options?: unknown) => {
    called.name = name;
    called.options = options;
  };
  const names = [
    "sandbox",
    "up",
    "preview",
    "refresh",
    "destroy",
    "tables",
    "status",
    "cost",
    "tail",
    "watch",
    "types",
    "redrive",
    "verify",
    "doctor",
    "init",
    "env",
  ] as const;
  const handlers = Object.fromEntries(names.map((name) => [name, handler(name)])) as unknown as Handlers;
  const program = commandLine(handlers, "1.2.3");
  for (const command of [program, ...program.commands]) {
    const write = (text: string) => {
      called.output += text;
    };
    command.configureOutput({ writeOut: write, writeErr: write });
  }
  try {
    await program.parseAsync(["node", "rowstream", ...argv]);
  } catch (error) {
    throw Object.assign(error as Error, { output: called.output });
  }
  return called;
}

function refused(pattern: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof CommanderError);
    assert.notEqual(error.exitCode, 0);
    assert.match((error as CommanderError & { output: string }).output, pattern);
    return true;
  };
}

describe("the command line", () => {
  it("gives sandbox its defaults", async () => {
    assert.deepEqual((await run("sandbox")).options, { output: "pretty", page: true, rate: 20 });
  });

  it("deploys the sample's consumers on request, which know no tables but the sample's", async () => {
    assert.deepEqual((await run("sandbox", "--consumers")).options, {
      output: "pretty",
      page: true,
      rate: 20,
      consumers: true,
    });
    await assert.rejects(
      run("sandbox", "--consumers", "--source", "postgres://u:p@127.0.0.1:5432/shop"),
      refused(/'--consumers' cannot be used with option '--source <url>'/),
    );
  });

  it("takes every option of sandbox", async () => {
    const { options } = await run(
      ...[
        "sandbox",
        "--source",
        "postgres://u:p@127.0.0.1:5432/shop",
        "--tables",
        "public.%",
        "--tables",
        "sales.a%",
      ],
      ...[
        "--output",
        "json",
        "--rate",
        "100",
        "--exit-after",
        "50",
        "--idle-exit",
        "2.5",
        "--no-page",
        "--page-port",
        "8080",
        "--keep",
        "--fresh",
      ],
    );
    assert.deepEqual(options, {
      source: "postgres://u:p@127.0.0.1:5432/shop",
      tables: ["public.%", "sales.a%"],
      output: "json",
      rate: 100,
      exitAfter: 50,
      idleExit: 2.5,
      page: false,
      pagePort: 8080,
      keep: true,
      fresh: true,
    });
  });

  it("gives watch its defaults, and takes its options", async () => {
    assert.deepEqual((await run("watch")).options, { from: "now" });
    assert.deepEqual((await run("watch", "--sandbox", "--from", "horizon", "--page-port", "8080")).options, {
      sandbox: true,
      from: "horizon",
      pagePort: 8080,
    });
  });

  for (const [argv, message] of [
    [["sandbox", "--exit-after", "0"], /whole number of at least 1/],
    [["sandbox", "--exit-after", "1e3"], /whole number/],
    [["sandbox", "--rate", "-1"], /whole number of at least 0/],
    [["sandbox", "--idle-exit", "soon"], /positive number of seconds/],
    [["sandbox", "--tables", "orders"], /schema\.table/],
    [["sandbox", "--output", "xml"], /Allowed choices are pretty, json/],
    [["sandbox", "--page-port", "65536"], /whole number from 1 to 65535/],
    [["watch", "--page-port", "0"], /whole number from 1 to 65535/],
    [["tail", "--from", "yesterday"], /Allowed choices are now, horizon/],
    [["cost", "--changes-per-second", "-1"], /number of 0 or more/],
    [["cost", "--bytes-per-row", "0"], /whole number of at least 1/],
    [["status", "--max-lag", "0"], /positive number of seconds/],
    [["up", "--stack", "dev", "--sandbox"], /cannot be used with option/],
    [["up", "--parallel"], /unknown option/],
    [["deploy"], /unknown command/],
  ] as const) {
    it(`refuses "${argv.join(" ")}" and says what is allowed`, async () => {
      await assert.rejects(run(...argv), refused(message));
    });
  }

  it("takes names of tables that tail is to show", async () => {
    const { options } = await run("tail", "--sandbox", "--table", "orders", "--table", "public.payments");
    assert.deepEqual(options, {
      sandbox: true,
      from: "now",
      output: "pretty",
      table: ["orders", "public.payments"],
    });
  });

  it("has status take five minutes of lag, or another, for a problem", async () => {
    assert.deepEqual((await run("status", "--sandbox")).options, {
      sandbox: true,
      maxLag: 300,
      output: "pretty",
    });
    assert.deepEqual((await run("status", "--max-lag", "60", "--output", "json")).options, {
      maxLag: 60,
      output: "json",
    });
  });

  it("passes the stack and the consent on", async () => {
    assert.deepEqual((await run("up", "-s", "prod", "-y")).options, { stack: "prod", yes: true });
    assert.deepEqual((await run("destroy", "--stack", "prod")).options, { stack: "prod" });
  });

  it("teaches with its help: examples, needs, exit codes", async () => {
    await assert.rejects(run("--help"), (error: CommanderError & { output: string }) => {
      assert.equal(error.exitCode, 0);
      for (const part of [
        /\$ rowstream sandbox/,
        /AWS credentials/,
        /PULUMI_CONFIG_PASSPHRASE/,
        /130 ended by Ctrl-C/,
      ]) {
        assert.match(error.output, part);
      }
      return true;
    });
  });

  it("has an example in the help of every command that takes more than a stack", async () => {
    for (const command of ["sandbox", "up", "tail", "env"]) {
      await assert.rejects(run(command, "--help"), (error: CommanderError & { output: string }) => {
        assert.match(error.output, /\$ .*rowstream/);
        return true;
      });
    }
  });
});

describe("a source's URL", () => {
  it("must name a database of an engine that the command reads", async () => {
    for (const url of [
      "oracle://u:p@h/d",
      "postgres://u:p@h",
      "mysql://u:p@h/",
      "shop",
      "postgres:///shop",
    ]) {
      await assert.rejects(run("sandbox", "--source", url), {
        name: "UsageError",
        message:
          "--source must read ENGINE://USER:PASSWORD@HOST:PORT/DATABASE, with postgres, mysql or mariadb as ENGINE",
      });
    }
    const { options } = await run("sandbox", "--source", "mariadb://u:p@h/d");
    assert.equal((options as { source: string }).source, "mariadb://u:p@h/d");
  });

  it("is not repeated in the message, for it holds a password", async () => {
    await assert.rejects(
      run("sandbox", "--source", "oracle://u:s3cret@h/d"),
      (error: Error & { output: string }) => {
        assert.doesNotMatch(`${error.message}${error.output}`, /s3cret/);
        return true;
      },
    );
  });

  it("takes the files of types from where it was called", async () => {
    const { options } = await run(
      "types",
      "--out",
      "events.ts",
      "--schema",
      "/tmp/e.json",
      "--from",
      "items",
    );
    assert.deepEqual(options, { out: resolve("events.ts"), schema: "/tmp/e.json", from: "items" });
    await assert.rejects(run("types", "--from", "memory"), refused(/source, items, either/));
  });
});
