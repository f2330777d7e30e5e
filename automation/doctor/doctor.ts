import { RowstreamError } from "../errors";
import { configObject, configuredConnection } from "../source/configuredSource";
import {
  type ConfiguredSource,
  connectionFromUrl,
  describeConnection,
  type SourceConnection,
} from "../source/sourceConnection";
import { openStack, type WorkspaceOptions } from "../workspace";
import { examinerOf } from "./engines";
import { bySeverity, type Finding, finding } from "./finding";
import { configuredPlan, defaultPlan, type Plan } from "./plan";

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
 *
 * @throws RowstreamError `SourceNotReadable` where no source is named, `StackNotFound`
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const { connection, plan } = await subject(options);
  options.onProgress?.(`examining ${describeConnection(connection)}`);
  try {
    const examine = await examinerOf(connection.engine);
    const { tables, findings } = await examine(connection, plan, {
      sampleSeconds: options.sampleSeconds ?? SAMPLE_SECONDS,
      measureRows: true,
      signal: options.signal,
    });
    return { source: describeConnection(connection), tables: tables.length, findings: bySeverity(findings) };
  } catch (error) {
    if (!RowstreamError.is(error) || error.code !== "SourceNotReadable") {
      throw error;
    }
    const unreachable = finding("source-unreachable", "source", error.message, error.remedy ?? "");
    return { source: describeConnection(connection), tables: 0, findings: [unreachable] };
  }
}

async function subject(options: DoctorOptions): Promise<{ connection: SourceConnection; plan: Plan }> {
  const { workspace, sourceUrl } = options;
  if (workspace === undefined) {
    const connection = connectionFromUrl(sourceUrl ?? "");
    return { connection, plan: defaultPlan(connection.engine) };
  }
  const stack = await openStack(workspace);
  const configuration = await stack.configuration();
  const connection =
    sourceUrl === undefined
      ? await configuredConnection(configuration)
      : connectionFromUrl(sourceUrl, configObject<ConfiguredSource>(configuration, "source").engine);
  return { connection, plan: configuredPlan(connection.engine, stack.name, configuration) };
}
