import { examinerOf } from "../doctor/engines";
import type { Examination } from "../doctor/examineSource";
import { bySeverity, type Finding } from "../doctor/finding";
import { defaultPlan } from "../doctor/plan";
import { RowstreamError } from "../errors";
import { familyOf, type SourceConnection } from "../source/sourceConnection";
import { proposeTables, schemaPatterns, selectionOf, type TableProposal } from "./proposal";
import { proposeSize } from "./sizing";
import { stackFile } from "./stackFile";

/** What a new stack is to be made of. */
export interface InitOptions {
  /** The stack's name, for the remedies. */
  stackName: string;
  connection: SourceConnection;
  /** The source's name in every event. */
  name: string;
  region: string;
  /** Patterns of the tables. Default: all of the schemas that have any; where nobody can look, the usual one. */
  include?: readonly string[] | undefined;
  /** DMS Serverless in place of an instance. */
  serverless: boolean;
  /** The configuration file that the new one takes the place of. */
  previous?: string | undefined;
}

/** A source that was looked at, or why it was not. */
export type Look = { examination: Examination } | { reason: string };

/** A stack's configuration file, and what stands in the way of it. */
export interface InitResult {
  /** The text of Pulumi.<stack>.yaml; the password is not in it. */
  text: string;
  /** What the doctor says of the source under that configuration, the worst first. */
  findings: Finding[];
}

/** For how long the source's counters are watched, in seconds. */
const SAMPLE_SECONDS = 3;

/** Looks at a source, all of it. One that cannot be reached is none that cannot be configured. */
export async function lookAt(connection: SourceConnection, signal?: AbortSignal): Promise<Look> {
  try {
    const examine = await examinerOf(connection.engine);
    const options = { sampleSeconds: SAMPLE_SECONDS, measureRows: true, signal };
    return { examination: await examine(connection, defaultPlan(connection.engine), options) };
  } catch (error) {
    if (RowstreamError.is(error) && error.code === "SourceNotReadable") {
      return { reason: error.message };
    }
    throw error;
  }
}

/** The patterns that are proposed where nobody names any. */
export function proposedPatterns(connection: SourceConnection, look: Look): string[] {
  const found = "examination" in look ? schemaPatterns(look.examination.tables) : [];
  return found.length > 0 ? found : [usualPattern(connection)];
}

/** Makes a stack's configuration of what the source holds. Asks nobody. */
export function proposeStack(options: InitOptions, look: Look): InitResult {
  const { connection, name, region, serverless, previous } = options;
  const include = options.include ?? proposedPatterns(connection, look);
  const plan = {
    ...defaultPlan(connection.engine),
    stackName: options.stackName,
    tables: { include: [...include] },
  };
  if (!("examination" in look)) {
    const tables: TableProposal = { include: [...include], exclude: [], keys: [] };
    return { text: stackFile({ region, name, connection, tables, serverless }, previous), findings: [] };
  }
  const { examination } = look;
  const selected = examination.tablesUnder(plan);
  const tables = proposeTables(include, selected, examination.findingsUnder(plan));
  const chosen = { ...plan, tables: selectionOf(tables) };
  const size = proposeSize(examination.tablesUnder(chosen));
  return {
    text: stackFile({ region, name, connection, tables, size, serverless }, previous),
    findings: bySeverity(examination.findingsUnder(chosen)),
  };
}

function usualPattern({ engine, database, username }: SourceConnection): string {
  switch (familyOf(engine)) {
    case "postgres":
      return "public.%";
    case "mysql":
      return `${database || "%"}.%`;
    case "oracle":
    case "db2":
      return `${username.toUpperCase()}.%`;
    default:
      return "dbo.%";
  }
}
