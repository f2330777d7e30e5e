import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RowstreamError } from "../../automation/errors";
import { lookAt, proposedPatterns, proposeStack } from "../../automation/init/init";
import {
  connectionFromUrl,
  describeConnection,
  passwordVariable,
  type SourceConnection,
} from "../../automation/source/sourceConnection";
import { openStack } from "../../automation/workspace";
import { type Context, shortName, workspaceOptions } from "../context";
import { UsageError } from "../errors";
import { InitQuestions } from "../initQuestions";
import { ROOT } from "../layout";
import { findingLines } from "../render/doctorReport";

/** Options of `rowstream init`. */
export interface InitOptions {
  stack: string;
  source?: string;
  tables?: string[];
  name?: string;
  region?: string;
  serverless?: boolean;
  yes?: boolean;
  overwrite?: boolean;
}

const PASSWORD_KEY = "rowstream:sourcePassword";

/** Writes a stack's configuration file from what the source holds. */
export async function init(context: Context, options: InitOptions): Promise<void> {
  const file = join(ROOT, `Pulumi.${shortName(options.stack)}.yaml`);
  const questions = await askable(context, options);
  await requireConsentToWrite(questions, file, options);
  const connection = await sourceOf(questions, options);
  const name = await nameOf(questions, connection, options);
  const region = await regionOf(questions, options);

  const { progress } = context;
  progress.show({ kind: "live", text: `looking at ${describeConnection(connection)}` });
  const look = await lookAt(connection, context.interrupt.signal);
  progress.close();
  if ("reason" in look) {
    progress.show({ kind: "warning", text: `the source was not looked at: ${look.reason}` });
  }
  const include = options.tables ?? (await questions?.patterns(proposedPatterns(connection, look)));
  const { text, findings } = proposeStack(
    {
      ...{ stackName: options.stack, connection, name, region, include },
      serverless: options.serverless ?? false,
      previous: existsSync(file) ? readFileSync(file, "utf8") : undefined,
    },
    look,
  );
  await replaceFile(file, text);
  progress.show({ kind: "done", text: `wrote ${file}` });
  await keepPassword(context, options.stack, connection);

  const errors = findings.filter(({ severity }) => severity === "error");
  for (const line of errors.length === 0
    ? []
    : ["", "BEFORE THE FIRST `rowstream up`", ...findingLines(errors)]) {
    process.stdout.write(`${line}\n`);
  }
  const stack = options.stack;
  process.stdout.write(
    `\nnext: rowstream doctor --stack ${stack}, rowstream preview --stack ${stack}, rowstream up --stack ${stack}\n`,
  );
}

/** @throws UsageError where something must be asked and nobody is there */
async function askable(context: Context, options: InitOptions): Promise<InitQuestions | undefined> {
  if (!options.yes && process.stdin.isTTY && process.stderr.isTTY) {
    return InitQuestions.on({
      input: process.stdin,
      output: process.stderr,
      signal: context.interrupt.signal,
    });
  }
  if (options.source === undefined || !options.yes) {
    throw new UsageError("there is no terminal to ask on", "give --source and --yes");
  }
  return undefined;
}

async function requireConsentToWrite(
  questions: InitQuestions | undefined,
  file: string,
  options: InitOptions,
): Promise<void> {
  if (!existsSync(file) || options.overwrite) {
    return;
  }
  if (!(await questions?.confirm(`${file} is there. Write it anew? (What is not rowstream's stays.)`))) {
    throw new UsageError(`${file} is there already; nothing was written`, "add --overwrite to write it anew");
  }
}

async function sourceOf(
  questions: InitQuestions | undefined,
  options: InitOptions,
): Promise<SourceConnection> {
  if (options.source === undefined) {
    // Without a terminal there is a --source.
    return (await questions?.connection()) as SourceConnection;
  }
  const connection = connectionFromUrl(options.source);
  return connection.password === undefined ? { ...connection, ...(await questions?.password()) } : connection;
}

/** The source's name in the events: 1 to 64 letters, digits, dots, dashes, underscores. */
async function nameOf(
  questions: InitQuestions | undefined,
  { database, engine }: SourceConnection,
  options: InitOptions,
): Promise<string> {
  const proposed = (database || engine).replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 64);
  const pattern = /^[A-Za-z0-9._-]{1,64}$/;
  const name =
    options.name ?? (await questions?.text("Its name in every event", { proposed, pattern })) ?? proposed;
  if (!pattern.test(name)) {
    throw new UsageError(`--name "${name}" must be 1 to 64 letters, digits, . _ or -`);
  }
  return name;
}

async function regionOf(questions: InitQuestions | undefined, options: InitOptions): Promise<string> {
  const proposed = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1";
  return options.region ?? (await questions?.text("The AWS region", { proposed })) ?? proposed;
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

/** Makes the stack where there is none, and the password a secret of it. */
async function keepPassword(context: Context, stack: string, connection: SourceConnection): Promise<void> {
  const { password, engine } = connection;
  const command = `pulumi config set --stack ${stack} --secret ${PASSWORD_KEY}`;
  if (password === undefined) {
    const variable = passwordVariable(engine);
    context.progress.show({
      kind: "note",
      text: `no password was given${variable === undefined ? "" : ` (nor is ${variable} set)`}: ${command}`,
    });
    return;
  }
  try {
    await openStack({
      ...workspaceOptions(context, { stack }),
      missing: "create",
      config: { [PASSWORD_KEY]: { value: password, secret: true } },
    });
    context.progress.show({ kind: "done", text: "the password is a secret of the stack" });
  } catch (error) {
    if (!RowstreamError.is(error)) {
      throw error;
    }
    context.progress.show({
      kind: "warning",
      text: `the password was not kept: ${error.message}; once you are logged in to Pulumi: ${command}`,
    });
  }
}
