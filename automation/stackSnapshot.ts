import type { Deployment } from "@pulumi/pulumi/automation";
import type { KeyAttribute, ReplicatedTable } from "../components/replicatedTable";
import type { PipelineOutputs } from "../program";
import { type PendingCreate, pendingCreates } from "./pendingCreates";
import { byName, qualifiedName } from "./tableMatch";

/** What a stack's last state says. */
export interface StackSnapshot {
  /** The outputs of the last complete update; undefined before the first. */
  outputs: PipelineOutputs | undefined;
  /**
   * The tables of the pipeline: those in the outputs, and those an update adopted that was cut short before it
   * could write its outputs.
   */
  tables: ReplicatedTable[];
  /** What reads the change stream, as far as the stack made it. */
  consumers: StackConsumer[];
  /** The URN of each adopted table, by its name in DynamoDB. */
  tableUrns: Record<string, string>;
  /** What the last update was creating when it was cut off. */
  pendingCreates: PendingCreate[];
  /** How many resources the state holds. */
  resources: number;
}

/** A consumer of the change stream in a stack. */
export interface StackConsumer {
  /** Its component, e.g. `DataLake`. */
  kind: string;
  /** Its name in the program. */
  name: string;
}

/** One resource in an exported deployment, as far as it is read here. */
interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  delete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

const STACK_TYPE = "pulumi:pulumi:Stack";
const FEED_TYPE = "rowstream:pipeline:TableFeed";
const CONSUMER_TYPE = /^rowstream:pipeline:(Analytics|ChangeHandler|DataLake|DeviceBridge|Warehouse)$/;
const TABLE_TYPE = "aws:dynamodb/table:Table";

/** Reads a stack's exported state. Pure. */
export function stackSnapshot(deployment: Deployment): StackSnapshot {
  const all: StateResource[] = deployment.deployment?.resources ?? [];
  const resources = all.filter((resource) => !resource.delete);
  const stack = resources.find((resource) => resource.type === STACK_TYPE);
  const outputs = isPipelineOutputs(stack?.outputs) ? stack.outputs : undefined;
  const tables = new Map(
    [...adoptedTables(resources), ...(outputs?.tables ?? [])].map((table) => [qualifiedName(table), table]),
  );
  return {
    outputs,
    tables: [...tables.values()].sort(byName),
    consumers: consumers(resources),
    tableUrns: tableUrns(resources),
    pendingCreates: pendingCreates(deployment),
    resources: resources.length,
  };
}

/** The tables in the state: each is the child of a feed, which knows its name in the source. */
function adoptedTables(resources: readonly StateResource[]): ReplicatedTable[] {
  const feeds = new Map(
    resources.filter(({ type }) => type === FEED_TYPE).map((feed) => [feed.urn, feed.inputs ?? {}]),
  );
  return resources
    .filter(({ type }) => type === TABLE_TYPE)
    .flatMap((resource) => {
      const { schema, table } = feeds.get(resource.parent ?? "") ?? {};
      const { name, hashKey, rangeKey, attributes } = { ...resource.inputs, ...resource.outputs };
      const partitionKey = keyAttribute(hashKey, attributes);
      const sortKey = keyAttribute(rangeKey, attributes);
      if (
        typeof schema !== "string" ||
        typeof table !== "string" ||
        typeof name !== "string" ||
        !partitionKey
      ) {
        return [];
      }
      return [{ tableName: name, schema, table, partitionKey, ...(sortKey && { sortKey }) }];
    });
}

function consumers(resources: readonly StateResource[]): StackConsumer[] {
  return resources.flatMap(({ type, urn }) => {
    const kind = CONSUMER_TYPE.exec(type)?.[1];
    return kind === undefined ? [] : [{ kind, name: urn.slice(urn.lastIndexOf("::") + 2) }];
  });
}

function tableUrns(resources: readonly StateResource[]): Record<string, string> {
  const tables = resources.filter(({ type }) => type === TABLE_TYPE);
  return Object.fromEntries(
    tables.map(({ urn, inputs, outputs }) => [String(outputs?.name ?? inputs?.name), urn]),
  );
}

function keyAttribute(name: unknown, attributes: unknown): KeyAttribute | undefined {
  if (typeof name !== "string" || name === "" || !Array.isArray(attributes)) {
    return undefined;
  }
  const type = (attributes as KeyAttribute[]).find((attribute) => attribute.name === name)?.type;
  return type && { name, type };
}

/** True for the outputs of a complete update of the pipeline. */
export function isPipelineOutputs(outputs: unknown): outputs is PipelineOutputs {
  const some = outputs as Partial<PipelineOutputs> | undefined;
  return Array.isArray(some?.tables) && typeof some.streamName === "string";
}
