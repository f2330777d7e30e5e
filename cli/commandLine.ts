import { Command, Option } from "commander";
import { DEFAULT_MAXIMUM_LAG_SECONDS } from "../automation/status/verdict";
import {
  databaseUrl,
  filePath,
  portNumber,
  rateValue,
  repeated,
  sandboxSourceUrl,
  secondsValue,
  tablePattern,
  wholeNumber,
} from "./arguments";
import type { CostOptions } from "./commands/cost";
import type { DestroyOptions } from "./commands/destroy";
import type { DoctorOptions } from "./commands/doctor";
import type { InitOptions } from "./commands/init";
import type { RedriveOptions } from "./commands/redrive";
import type { ReloadCommandOptions } from "./commands/reload";
import type { SandboxCommandOptions } from "./commands/sandbox";
import type { StatusOptions } from "./commands/status";
import type { TablesOptions } from "./commands/tables";
import type { TailCommandOptions } from "./commands/tail";
import type { TypesOptions } from "./commands/types";
import type { UpOptions } from "./commands/up";
import type { VerifyOptions } from "./commands/verify";
import type { WatchOptions } from "./commands/watch";
import { DEFAULT_STACK, type GlobalOptions } from "./context";
import { EXIT } from "./exitCodes";

/** What each command does; the real ones load their code when they are called. */
export interface Handlers {
  sandbox(options: SandboxCommandOptions): Promise<void>;
  up(options: UpOptions): Promise<void>;
  preview(options: GlobalOptions): Promise<void>;
  refresh(options: GlobalOptions): Promise<void>;
  destroy(options: DestroyOptions): Promise<void>;
  tables(options: TablesOptions): Promise<void>;
  status(options: StatusOptions): Promise<void>;
  cost(options: CostOptions): Promise<void>;
  tail(options: TailCommandOptions): Promise<void>;
  watch(options: WatchOptions): Promise<void>;
  types(options: TypesOptions): Promise<void>;
  redrive(options: RedriveOptions): Promise<void>;
  verify(options: VerifyOptions): Promise<void>;
  doctor(options: DoctorOptions): Promise<void>;
  init(options: InitOptions): Promise<void>;
  reload(table: string, options: ReloadCommandOptions): Promise<void>;
  env(): Promise<void>;
}

const DEFAULT_RATE = 20;
const DEFAULT_SETTLE_SECONDS = 30;

const EPILOGUE = `
Start here:
  $ rowstream sandbox                     the whole pipeline on this machine, with a sample database
  $ rowstream up --stack dev              deploy to AWS with the configuration in Pulumi.dev.yaml
  $ rowstream tail --stack dev            watch its change events

What the commands need:
  sandbox                                 nothing beside the set-up (npm run setup)
  up, preview, refresh, destroy           a Pulumi login (pulumi login) and AWS credentials in the environment
  reload                                  the same
  tables, status, cost, tail, watch       the same, to read only
  types                                   the same, and a way to the source database where there is one
  redrive                                 the same, to write to the change stream and the failure bucket
  verify                                  the same, to read only, and a way to the source database
  doctor, init                            a way to the source database
  with --sandbox                          a sandbox that runs in another terminal

Secrets come from the environment and from stdin, never from options: Pulumi's passphrase is
PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; a source's password is set with
  $ pulumi config set --secret rowstream:sourcePassword

Exit codes: ${EXIT.ok} done, ${EXIT.failure} failed, ${EXIT.usage} wrong usage, ${EXIT.attention} (status) something
needs a person, ${EXIT.interrupted} ended by Ctrl-C, ${EXIT.terminated} ended by SIGTERM.
All progress goes to standard error; standard output has results only.
`;

/** The command line: names, options and help. What the commands do is handed in. */
export function commandLine(handlers: Handlers, version: string): Command {
  const program = new Command("rowstream")
    .description("Turns a SQL database into one Kinesis stream of old/new row events.")
    .version(version, "-v, --version")
    .showHelpAfterError("(add --help for what it takes)")
    .addHelpText("after", EPILOGUE)
    .exitOverride();
  program.addCommand(sandboxCommand(handlers));
  program.addCommand(initCommand(handlers));
  for (const command of [
    upCommand(handlers),
    previewCommand(handlers),
    refreshCommand(handlers),
    destroyCommand(handlers),
    tablesCommand(handlers),
    statusCommand(handlers),
    costCommand(handlers),
    tailCommand(handlers),
    watchCommand(handlers),
    typesCommand(handlers),
    reloadCommand(handlers),
    redriveCommand(handlers),
    verifyCommand(handlers),
    doctorCommand(handlers),
  ]) {
    program.addCommand(onStack(command));
  }
  program.addCommand(envCommand(handlers));
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
  }
  return program;
}

function sandboxCommand(handlers: Handlers): Command {
  return new Command("sandbox")
    .description("run the whole pipeline on this machine and print its change events")
    .addOption(
      new Option(
        "--source <url>",
        "your own PostgreSQL (postgres://…), MySQL or MariaDB (mysql://…, mariadb://…) instead of the sample",
      ).argParser(sandboxSourceUrl),
    )
    .addOption(
      new Option(
        "--tables <pattern>",
        "tables to replicate; repeatable (default: public.%; with MySQL and MariaDB DATABASE.%)",
      ).argParser(tablePattern),
    )
    .addOption(outputOption("change events on standard output"))
    .addOption(
      new Option("--rate <n>", "changes per second of the sample's workload")
        .argParser(wholeNumber(0))
        .default(DEFAULT_RATE),
    )
    .addOption(new Option("--exit-after <n>", "end after so many events").argParser(wholeNumber(1)))
    .addOption(
      new Option("--idle-exit <seconds>", "end when no event came for so long").argParser(secondsValue),
    )
    .addOption(
      new Option(
        "--consumers",
        "deploy the sample's consumers too: a data lake, a handler, a bridge to devices",
      ).conflicts(["source", "tables"]),
    )
    .option("--no-page", "serve no live page")
    .addOption(pagePortOption())
    .option("--keep", "keep the state when it ends, and go on from a kept one")
    .option("--fresh", "throw a kept state away first")
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream sandbox
  $ rowstream sandbox --consumers
  $ rowstream sandbox --exit-after 200 --output json > events.jsonl
  $ rowstream sandbox --source postgres://me:secret@127.0.0.1:5432/shop --tables 'public.%' --tables 'sales.%'

  $ rowstream sandbox --source mysql://me:secret@127.0.0.1:3306/shop

A line that begins with "ready" on standard error says that changes flow, and one that begins with "page" where to see
them in a browser. The source needs a log of its changes
(PostgreSQL: wal_level=logical; MySQL and MariaDB: a binary log of whole rows) and a user that may replicate: what
is missing is named with the statement that mends it. A table without a primary key is named and left out.
While it runs: \`rowstream tables --sandbox\`, \`rowstream up --sandbox\`, \`eval "$(rowstream env)"\`.`,
    )
    .action((options: SandboxCommandOptions) => handlers.sandbox(options));
}

function initCommand(handlers: Handlers): Command {
  return new Command("init")
    .description("write a stack's configuration from what the source holds: tables, keys, size")
    .addOption(new Option("-s, --stack <name>", "the Pulumi stack").default(DEFAULT_STACK))
    .addOption(
      new Option("--source <url>", "the source (ENGINE://USER@HOST:PORT/DATABASE)").argParser(databaseUrl),
    )
    .addOption(
      new Option(
        "--tables <pattern>",
        "tables to replicate; repeatable (default: every schema that has any)",
      ).argParser(tablePattern),
    )
    .option("--name <name>", "the source's name in every event (default: the database's)")
    .option("--region <region>", "the AWS region (default: AWS_REGION, or us-east-1)")
    .option("--serverless", "propose DMS Serverless in place of an instance")
    .option("-y, --yes", "ask nothing (needed where there is no terminal)")
    .option("--overwrite", "take the place of a configuration file that is there")
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream init --stack prod
  $ PGPASSWORD=… rowstream init --stack prod --source postgres://dms@db.example.com/shop --yes

It asks what is not given, looks at the source where it can be reached, and writes Pulumi.<stack>.yaml with the reason
of each choice beside it. The password goes into it as a secret that Pulumi encrypts, and comes from the prompt or the
environment (PGPASSWORD, MYSQL_PWD, SQLCMDPASSWORD, ORACLE_PWD). What stands in the way of \`up\` is told at the end.`,
    )
    .action((options: InitOptions) => handlers.init(options));
}

function upCommand(handlers: Handlers): Command {
  return new Command("up")
    .description(
      "deploy: pass 1, full load, pass 2, then changes flow; run it again for tables that came since",
    )
    .option("-y, --yes", "go ahead without preview and question (needed where there is no terminal)")
    .option("--restart", "let a failed replication go on, once its cause is mended")
    .option(
      "--skip-doctor",
      "deploy without examining the source first, or in spite of what is wrong with it",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream up --stack dev
  $ rowstream up --stack prod --yes         in CI

What it needs: AWS credentials, a Pulumi login, and the stack's configuration (Pulumi.<stack>.yaml).
Before a stack's first deployment it examines the source as \`rowstream doctor\` does, where it can be reached from here;
an error ends it before anything is made.
A run that was cut short is completed by running it again; with nothing to do it changes nothing.`,
    )
    .action((options: UpOptions) => handlers.up(options));
}

function previewCommand(handlers: Handlers): Command {
  return new Command("preview")
    .description("show what `up` would change, and change nothing")
    .action((options: GlobalOptions) => handlers.preview(options));
}

function refreshCommand(handlers: Handlers): Command {
  return new Command("refresh")
    .description("bring the stack's state in line with what is really there")
    .action((options: GlobalOptions) => handlers.refresh(options));
}

function destroyCommand(handlers: Handlers): Command {
  return new Command("destroy")
    .description("stop the replication and take the pipeline down")
    .option("-y, --yes", "go ahead without a question (needed where there is no terminal)")
    .addHelpText(
      "after",
      `
The DynamoDB tables are kept, or deleted, as rowstream:tablesOnDestroy says; the command says which.
It works on a pipeline that is half gone already.`,
    )
    .action((options: DestroyOptions) => handlers.destroy(options));
}

function tablesCommand(handlers: Handlers): Command {
  return new Command("tables")
    .description("list the tables: what is in the pipeline, what was left out and why")
    .addOption(outputOption("the list"))
    .action((options: TablesOptions) => handlers.tables(options));
}

function statusCommand(handlers: Handlers): Command {
  return new Command("status")
    .description("tell how the pipeline is: replication, lag, failures, and each table")
    .addOption(
      new Option("--max-lag <seconds>", "the lag that is a problem")
        .argParser(secondsValue)
        .default(DEFAULT_MAXIMUM_LAG_SECONDS),
    )
    .addOption(outputOption("the status"))
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream status --stack prod
  $ rowstream status --stack prod --output json | jq '.findings[].text'

It ends with code ${EXIT.ok} where changes flow or a load is under way, with ${EXIT.attention} where something needs a person, and with
${EXIT.failure} where the status could not be read. It changes nothing; docs/status.md says what each word and number means.`,
    )
    .action((options: StatusOptions) => handlers.status(options));
}

function costCommand(handlers: Handlers): Command {
  return new Command("cost")
    .description("estimate what the pipeline costs in a month, part by part")
    .addOption(
      new Option("--prices <file>", "prices to go by, as JSON (default: AWS's price list)").argParser(
        filePath,
      ),
    )
    .addOption(
      new Option("--changes-per-second <n>", "the rate of changes (default: what is observed)").argParser(
        rateValue,
      ),
    )
    .addOption(
      new Option(
        "--bytes-per-row <n>",
        "the size of a row in DynamoDB (default: what is observed)",
      ).argParser(wholeNumber(1)),
    )
    .addOption(outputOption("the estimate"))
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream cost --stack prod
  $ rowstream cost --stack prod --changes-per-second 200 --bytes-per-row 800
  $ rowstream cost --sandbox --prices docs/prices.example.json

Each line is a quantity times a price, and says where the quantity comes from: the stack, what was observed (CloudWatch's
last day, or ten seconds of watching), what you give, or an assumption, which it names. A price that cannot be had is
named, and the total then is marked incomplete. List prices: no free tier, discount, commitment or tax (docs/cost.md).`,
    )
    .action((options: CostOptions) => handlers.cost(options));
}

function tailCommand(handlers: Handlers): Command {
  return new Command("tail")
    .description("print the change stream, every shard of it")
    .addOption(
      new Option("--from <where>", "now: what comes from here on; horizon: all the stream holds")
        .choices(["now", "horizon"])
        .default("now"),
    )
    .addOption(
      new Option("--table <name>", "only this table (schema.table, or its name alone); repeatable").argParser(
        repeated,
      ),
    )
    .addOption(outputOption("change events"))
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream tail --stack dev --table public.orders
  $ rowstream tail --sandbox --from horizon --output json | jq .new

It shares the stream's read limit (five reads a second and shard) with other consumers and takes at most four.`,
    )
    .action((options: TailCommandOptions) => handlers.tail(options));
}

function watchCommand(handlers: Handlers): Command {
  return new Command("watch")
    .description("serve a page on this machine that shows the pipeline and its events as they come")
    .addOption(
      new Option("--from <place>", "now, or horizon: all the stream still holds, too")
        .choices(["now", "horizon"])
        .default("now"),
    )
    .addOption(pagePortOption())
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream watch --stack prod
  $ rowstream watch --sandbox --from horizon --page-port 8080

It prints the page's address, which only this machine can open, and serves it until Ctrl-C. It changes nothing, and the
page asks no other server for anything (docs/live-page.md).`,
    )
    .action((options: WatchOptions) => handlers.watch(options));
}

function typesCommand(handlers: Handlers): Command {
  return new Command("types")
    .description("write TypeScript types and JSON Schema of every table's rows and events")
    .addOption(new Option("--out <file>", "write the TypeScript there").argParser(filePath))
    .addOption(new Option("--schema <file>", "write the JSON Schema there").argParser(filePath))
    .addOption(
      new Option("--source <url>", "the source (default: as the stack's configuration has it)").argParser(
        databaseUrl,
      ),
    )
    .addOption(
      new Option(
        "--from <where>",
        "source: its catalogue; items: a sample of each table's; either: the source where it can be reached",
      )
        .choices(["source", "items", "either"])
        .default("either"),
    )
    .option(
      "--lossless",
      "numbers as parseEvent reads them: number, or LosslessNumber where it would lose digits",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream types --stack dev --out events.ts
  $ rowstream types --stack dev --schema events.schema.json
  $ rowstream types --sandbox | less

Without --out and --schema the TypeScript goes to standard output. What DMS converts is converted, what it loses and
what rowstream:events leaves out is absent, and what is masked has the type of its mask. The same tables give the
same files: keep them in your repository, and have CI run it again to see whether the source has changed.`,
    )
    .action((options: TypesOptions) => handlers.types(options));
}

function redriveCommand(handlers: Handlers): Command {
  return new Command("redrive")
    .description("publish what the pipeline had given up on, from the failure bucket")
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--force", "publish also what may have been overtaken by a later event of its row")
    .addOption(outputOption("the report"))
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream redrive --stack prod --dry-run
  $ rowstream redrive --stack prod --output json

Events keep their ids and the order of their row. One that a later event of its row has overtaken is left out
and named. Objects that are done with move to redriven/ in the bucket. It is safe to run again, and ends with
code ${EXIT.failure} where something is left: held back for another run, or not recoverable.
It needs read rights on the stream, the tables and the bucket, and write rights on the stream and the bucket.`,
    )
    .action((options: RedriveOptions) => handlers.redrive(options));
}

function reloadCommand(handlers: Handlers): Command {
  return new Command("reload")
    .description("have DMS load one table again, while changes flow")
    .argument("<table>", "the SQL table: schema.table, or its name alone")
    .addHelpText(
      "after",
      `
Example:
  $ rowstream reload public.orders --stack prod

It brings a table that DMS has suspended back, and puts right rows that differ from the source. The table and its
stream stay: every row is written over, and those that differed become events. Rows that are gone from the source
are not deleted; where the count shows that there are any, it says so.
It needs a replication that runs, and reads the whole DynamoDB table once to count its items.`,
    )
    .action((table: string, options: ReloadCommandOptions) => handlers.reload(table, options));
}

function verifyCommand(handlers: Handlers): Command {
  return new Command("verify")
    .description("compare the source with the tables, row by row, while changes flow")
    .addOption(
      new Option(
        "--source <url>",
        "the source (postgres://…, mysql://…, mariadb://…; default: as the stack's configuration has it)",
      ).argParser(databaseUrl),
    )
    .addOption(
      new Option("--table <name>", "only this table (schema.table, or its name alone); repeatable").argParser(
        repeated,
      ),
    )
    .addOption(
      new Option("--settle <seconds>", "how long a row must differ, unchanged, until it is reported")
        .argParser(secondsValue)
        .default(DEFAULT_SETTLE_SECONDS),
    )
    .option("--show-values", "show the values that differ, not only the columns")
    .addOption(outputOption("the report"))
    .addHelpText(
      "after",
      `
Examples:
  $ rowstream verify --stack prod
  $ PGPASSWORD=… rowstream verify --stack prod --source postgres://reader@replica.example.com/shop --table orders
  $ MYSQL_PWD=… rowstream verify --stack prod --source mysql://reader@replica.example.com/shop

Each row that differs is looked at again, so that changes that are on their way are not reported; one that never
stands still is "still changing". Values compare as DMS converts them (docs/what-dms-does.md); columns that DMS
loses are named and left out. It ends with code ${EXIT.failure} where a row differs or a table could not be compared. A
password in the URL is for all to see: leave it out and set PGPASSWORD, or MYSQL_PWD.`,
    )
    .action((options: VerifyOptions) => handlers.verify(options));
}

function doctorCommand(handlers: Handlers): Command {
  return new Command("doctor")
    .description("examine the source before it is replicated: what is missing, and what mends it")
    .addOption(
      new Option(
        "--source <url>",
        "the source (ENGINE://USER@HOST:PORT/DATABASE; default: as the stack's configuration has it)",
      ).argParser(databaseUrl),
    )
    .addOption(outputOption("the report"))
    .addHelpText(
      "after",
      `
Examples:
  $ PGPASSWORD=… rowstream doctor --source postgres://dms@db.example.com/shop
  $ rowstream doctor --stack prod --output json

It reads catalogues and statistics, changes nothing, and holds them against what the stack's configuration selects;
with --source alone, against every table. Each finding has a code (docs/doctor.md), a severity and its remedy. It ends
with code ${EXIT.failure} where there is an error; warnings alone end with code ${EXIT.ok}. A password in the URL is for all to see: leave
it out and set PGPASSWORD (MYSQL_PWD, SQLCMDPASSWORD, ORACLE_PWD).`,
    )
    .action((options: DoctorOptions) => handlers.doctor(options));
}

function envCommand(handlers: Handlers): Command {
  return new Command("env")
    .description("print the exports that lead a shell to the running sandbox")
    .addHelpText(
      "after",
      `
Example:
  $ eval "$(rowstream env)" && pulumi preview --stack sandbox`,
    )
    .action(() => handlers.env());
}

function outputOption(what: string): Option {
  return new Option("--output <format>", `${what}: pretty for people, json as it is, one object a line`)
    .choices(["pretty", "json"])
    .default("pretty");
}

function pagePortOption(): Option {
  return new Option("--page-port <n>", "the live page's port on 127.0.0.1 (default: any free one)").argParser(
    portNumber,
  );
}

function onStack(command: Command): Command {
  return command
    .addOption(
      new Option("-s, --stack <name>", `the Pulumi stack (default: ${DEFAULT_STACK})`).conflicts("sandbox"),
    )
    .option("--sandbox", "work on the sandbox that runs on this machine");
}
