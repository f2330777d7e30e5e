import { RowstreamError } from "../errors";
import { configObject, configuredConnection } from "../source/configuredSource";
import {
  type ConfiguredSource,
  connectionFromUrl,
  describeConnection,
  type SourceConnection,
} from "../source/sourceConnection";
import { openStack, type WorkspaceOptions } from "../workspace";
import { readAws } from "./aws/awsFacts";
import { awsPlan } from "./aws/awsPlan";
import { awsFindings } from "./aws/awsRules";
import { examinerOf } from "./engines";
import type { Examination } from "./examineSource";
import { bySeverity, type Finding, finding } from "./finding";
import { configCommand, configuredPlan, defaultPlan, type Plan } from "./plan";
import type { TableFacts } from "./sourceFacts";

/** Options of `doctor`. */
export interface DoctorOptions {
  /** The source's URL. Default: the source that the stack's configuration names. */
  sourceUrl?: string;
  /** The stack whose configuration is examined. Default: none, with a URL. */
  workspace?: WorkspaceOptions;
  /** For how long the source's counters are watched, in seconds. Default: 3; PostgreSQL's own are up to one late. */
  sampleSeconds?: number;
  onProgress?(what: string): void;
  signal?: AbortSignal | undefined;
}

/** What the doctor found. */
export interface DoctorReport {
  /** The source that was examined, without its password. */
  source: string;
  /** How many tables the pipeline selects. */
  tables: number;
  /** The worst first. */
  findings: Finding[];
}

const SAMPLE_SECONDS = 3;

/**
 * Examines the source of a pipeline, and what AWS has for it, before the first minute of replication. Changes nothing.
 * The account is looked at where a stack is named, whose configuration says what it is to hold.
 *
 * @throws RowstreamError `SourceNotReadable` where no source is named, `StackNotFound`
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const { connection, plan, stack } = await subject(options);
  const name = describeConnection(connection);
  options.onProgress?.(`examining ${name}`);
  const source = await examineSource(connection, plan, options);
  const findings = [...source.findings];
  if (stack !== undefined) {
    options.onProgress?.("examining the AWS account");
    findings.push(...(await examineAws(stack, plan, source.tables)));
  }
  return { source: name, tables: source.tables.length, findings: bySeverity(findings) };
}

async function examineSource(
  connection: SourceConnection,
  plan: Plan,
  options: DoctorOptions,
): Promise<Pick<Examination, "tables" | "findings">> {
  try {
    const examine = await examinerOf(connection.engine);
    return await examine(connection, plan, {
      sampleSeconds: options.sampleSeconds ?? SAMPLE_SECONDS,
      measureRows: true,
      signal: options.signal,
    });
  } catch (error) {
    if (!RowstreamError.is(error) || error.code !== "SourceNotReadable") {
      throw error;
    }
    const unreachable = finding("source-unreachable", "source", error.message, error.remedy ?? "");
    return { tables: [], findings: [unreachable] };
  }
}

/** A stack's configuration, and whether its pipeline is deployed. */
interface StackState {
  configuration: Record<string, string>;
  deployed: boolean;
}

async function examineAws(
  { configuration, deployed }: StackState,
  plan: Plan,
  tables: readonly TableFacts[],
): Promise<Finding[]> {
  const aws = awsPlan(configuration);
  if (aws === undefined) {
    const remedy = configCommand(plan, "aws:region", "us-east-1");
    return [finding("aws-unread", "the account", "was not looked at: no region is configured", remedy)];
  }
  return awsFindings({ facts: await readAws(aws), aws, plan, tables, deployed });
}

async function subject(
  options: DoctorOptions,
): Promise<{ connection: SourceConnection; plan: Plan; stack?: StackState }> {
  const { workspace, sourceUrl } = options;
  if (workspace === undefined) {
    const connection = connectionFromUrl(sourceUrl ?? "");
    return { connection, plan: defaultPlan(connection.engine) };
  }
  const stack = await openStack(workspace);
  const [configuration, snapshot] = await Promise.all([stack.configuration(), stack.snapshot()]);
  const connection =
    sourceUrl === undefined
      ? await configuredConnection(configuration)
      : connectionFromUrl(sourceUrl, configObject<ConfiguredSource>(configuration, "source").engine);
  return {
    connection,
    plan: configuredPlan(connection.engine, stack.name, configuration),
    stack: { configuration, deployed: snapshot.outputs !== undefined },
  };
}
