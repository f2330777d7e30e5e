import { ENGINES, type SettingValue, type SourceEngine } from "../../components/replication/endpointSettings";
import type { InstanceSize, ServerlessSize } from "../../components/replication/sizing";
import type { TableSelection } from "../../components/replication/tableMappings";
import type { TableCapacity } from "../../components/tableFeed";
import { configObject } from "../source/configuredSource";

/** What a pipeline means to do with a source: what the facts are held against. */
export interface Plan {
  engine: SourceEngine;
  /** Default, without a stack: every table. */
  tables: TableSelection;
  /** The settings of the source's endpoint: rowstream's defaults with the user's own over them. */
  settings: Readonly<Record<string, SettingValue>>;
  /** The tables' capacity in DynamoDB. Default: on demand without a ceiling. */
  capacity?: TableCapacity;
  replication?: { instance?: InstanceSize; serverless?: ServerlessSize };
  /** The Pulumi stack, for the remedies that set its configuration. */
  stackName?: string;
}

/** The plan of a pipeline that is not configured yet: every table, and rowstream's defaults. */
export function defaultPlan(engine: SourceEngine): Plan {
  return { engine, tables: { include: ["%.%"] }, settings: ENGINES[engine].defaults };
}

/**
 * The plan that a stack's configuration makes. It is taken as it is: the program checks it when it runs.
 *
 * @param configuration the stack's configuration by full key, objects as JSON text.
 */
export function configuredPlan(
  engine: SourceEngine,
  stackName: string,
  configuration: Readonly<Record<string, string>>,
): Plan {
  const plan = defaultPlan(engine);
  const source = configObject<{ settings: Plan["settings"] }>(configuration, "source");
  const tables = configObject<TableSelection>(configuration, "tables");
  const capacity = configObject<TableCapacity>(configuration, "tableCapacity");
  return {
    ...plan,
    stackName,
    tables: { ...plan.tables, ...tables },
    settings: { ...plan.settings, ...source.settings },
    ...("mode" in capacity && { capacity: capacity as TableCapacity }),
    replication: configObject(configuration, "replication"),
  };
}

/** The command that sets a member of the stack's configuration. */
export function configCommand({ stackName }: Plan, path: string, value: string): string {
  const stack = stackName === undefined ? "" : ` --stack ${shellWord(stackName)}`;
  return `pulumi config set${stack} --path ${quoted(path)} ${shellWord(value)}`;
}

function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
