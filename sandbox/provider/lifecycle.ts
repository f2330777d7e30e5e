import { nameResource } from "./autoName";
import { diffInputs, type PropertyChange, projectInputs, topLevel } from "./diff";
import {
  holdsUnknown,
  isObject,
  type Properties,
  pick,
  sameValue,
  UNKNOWN,
  withoutEmpty,
} from "./properties";
import type { ProviderConfig } from "./providerConfig";
import { PartialFailure } from "./providerErrors";
import type { Actual, Context, ResourceType } from "./resourceType";
import { type CheckFailure, checkInputs, coerceInputs, type TypeSchema } from "./schema";
import { allTags } from "./tags";

/** A type with its token and schema. */
export interface ServedType {
  token: string;
  type: ResourceType;
  schema: TypeSchema;
}

/** A resource as the state has it. */
export interface Stored {
  inputs: Properties;
  state: Properties;
}

/** Inputs as the engine keeps them, and every fault that can be found without acting. */
export function check(
  { token, type, schema }: ServedType,
  step: { resource: string; seed: Uint8Array; inputs: Properties; old: Properties },
): { inputs: Properties; failures: CheckFailure[] } {
  const faults = checkInputs(token, schema, step.inputs);
  if (faults.length > 0) {
    return { inputs: step.inputs, failures: faults };
  }
  const inputs = nameResource(type.autoName, { ...step, inputs: coerceInputs(schema, step.inputs) });
  const unsupported = (type.unsupported ?? []).filter((property) => inputs[property] !== undefined);
  const failures = unsupported.map((property) => ({
    property,
    reason: `"${property}" of ${token} has no effect in the sandbox, whose stand-in does not act on it; leave it out here, or implement it in ${fileOf(token)}`,
  }));
  // What is not known yet is checked when it is: an update checks again before it acts.
  const checked = holdsUnknown(inputs) ? [] : (type.check?.(inputs) ?? []);
  return { inputs, failures: [...failures, ...checked] };
}

/** The file that serves a token. */
export function fileOf(token: string): string {
  return `sandbox/provider/resources/${token.split(":")[1]}.ts`;
}

/** What differs between the stored resource and the wanted inputs. */
export function diff(
  { type, schema }: ServedType,
  stored: Stored,
  inputs: Properties,
  config: ProviderConfig,
): Map<string, PropertyChange> {
  const changes = diffInputs(type, stored.inputs, inputs);
  if (schema.outputs.includes("tagsAll") && isObject(stored.state.tagsAll)) {
    const wanted = allTags(config.defaultTags, inputs.tags);
    if (
      ![...changes.keys()].some((path) => path.startsWith("tags")) &&
      !sameValue(stored.state.tagsAll, wanted)
    ) {
      changes.set("tagsAll", { kind: "update", replace: false });
    }
  }
  return changes;
}

/** What a preview can say of a resource that is to be made: its inputs; what the service will choose is unknown. */
export function previewCreate(
  { schema }: ServedType,
  inputs: Properties,
  config: ProviderConfig,
): Properties {
  return {
    ...Object.fromEntries(schema.certain.map((name) => [name, UNKNOWN])),
    ...pick(inputs, schema.outputs),
    ...(schema.outputs.includes("tagsAll") && { tagsAll: allTags(config.defaultTags, inputs.tags) }),
  };
}

/** What a preview can say of a resource that is to be changed. */
export function previewUpdate(
  { type, schema }: ServedType,
  stored: Stored,
  inputs: Properties,
  config: ProviderConfig,
): Properties {
  const changing = type.changes?.(stored.inputs, inputs) ?? [];
  return {
    ...stored.state,
    ...pick(inputs, schema.outputs),
    ...Object.fromEntries(changing.map((name) => [name, UNKNOWN])),
    ...(schema.outputs.includes("tagsAll") && { tagsAll: allTags(config.defaultTags, inputs.tags) }),
  };
}

/** Makes the resource and reads back what came of it. */
export async function create(
  served: ServedType,
  inputs: Properties,
  config: ProviderConfig,
  context: Context,
): Promise<{ id: string; state: Properties }> {
  let made: string | undefined;
  const wanted = withAllTags(served, inputs, config);
  try {
    const id = await served.type.create(wanted, {
      ...context,
      made: (newId) => {
        made = newId;
      },
    });
    made = id;
    const actual = await served.type.read(id, context, wanted);
    if (actual === undefined) {
      throw new Error("it was made but cannot be found");
    }
    return { id, state: stateOf(served, inputs, actual, context) };
  } catch (error) {
    if (made === undefined) {
      throw error;
    }
    throw await partial(served, { id: made, inputs, fallback: inputs, config, context }, error);
  }
}

/** Changes the resource and reads back what came of it. */
export async function update(
  served: ServedType,
  id: string,
  stored: Stored,
  inputs: Properties,
  config: ProviderConfig,
  context: Context,
): Promise<Properties> {
  const wanted = withAllTags(served, inputs, config);
  const tags = isObject(stored.state.tagsAll) && { tags: stored.state.tagsAll };
  try {
    if (needsCall(served.type, { ...stored.inputs, ...tags }, wanted)) {
      // The state knows better than the inputs what an update that failed half-way left behind.
      await served.type.update(id, wanted, { ...stored.inputs, ...stored.state, ...tags }, context);
    }
    const actual = await served.type.read(id, context, { ...stored.state, ...wanted });
    if (actual === undefined) {
      throw new Error(
        `it is gone: ${id}; "pulumi refresh" takes it out of the state, and the next update makes it anew`,
      );
    }
    return stateOf(served, inputs, actual, context);
  } catch (error) {
    throw await partial(served, { id, inputs, fallback: stored.state, config, context }, error);
  }
}

function needsCall(type: ResourceType, old: Properties, wanted: Properties): boolean {
  const changed = [...diffInputs(type, old, wanted).keys()].map(topLevel);
  // With nothing changed the engine only asks for an update to finish one that failed half-way.
  return changed.length === 0 || changed.some((property) => !type.providerOnly?.includes(property));
}

/** Reads the resource for a refresh, or for an import where nothing is known of it. */
export async function read(
  served: ServedType,
  id: string,
  stored: Stored,
  config: ProviderConfig,
  context: Context,
): Promise<Stored | undefined> {
  const known = { ...stored.state, ...stored.inputs };
  const actual = await served.type.read(id, context, known);
  if (actual === undefined) {
    return undefined;
  }
  const imported = Object.keys(known).length === 0;
  const state = stateOf(served, imported ? {} : stored.state, actual, {
    region: context.region,
    refreshed: true,
  });
  const inputs = imported
    ? withoutEmpty(actual.inputs)
    : projectInputs(served.type, stored.inputs, actual.inputs);
  if (!served.schema.outputs.includes("tagsAll")) {
    return { inputs, state };
  }
  const tags = ownTags(stored.inputs.tags, actual.inputs.tags, config);
  return { inputs: withTags(inputs, tags), state: withTags(state, tags) };
}

function withTags({ tags: _, ...others }: Properties, tags: Properties | undefined): Properties {
  return tags === undefined ? others : { ...others, tags };
}

/** Removes the resource. */
export async function remove(
  served: ServedType,
  id: string,
  stored: Stored,
  context: Context,
): Promise<void> {
  await served.type.delete(id, { ...stored.inputs, ...stored.state }, context);
}

/**
 * The outputs: the service's word counts for what is only its own (and, on a refresh, for all), the program's for what
 * it gave. Secrets that the service does not tell, and code, keep what the program gave.
 */
function stateOf(
  { schema }: ServedType,
  given: Properties,
  { inputs, outputs }: Actual,
  { region, refreshed = false }: { region: string; refreshed?: boolean },
): Properties {
  const told = refreshed ? { ...given, ...inputs, ...outputs } : { ...inputs, ...given, ...outputs };
  const state: Properties = { region, ...told };
  if (schema.outputs.includes("tagsAll")) {
    state.tagsAll = inputs.tags ?? {};
    state.tags = given.tags;
  }
  return pick(state, schema.outputs);
}

/** The inputs with the provider's default tags among the tags, as the service gets them. */
function withAllTags({ schema }: ServedType, inputs: Properties, config: ProviderConfig): Properties {
  return schema.outputs.includes("tagsAll")
    ? { ...inputs, tags: allTags(config.defaultTags, inputs.tags) }
    : inputs;
}

/** The tags that are the resource's own: those it has and does not owe to the provider's defaults. */
function ownTags(known: unknown, actual: unknown, { defaultTags }: ProviderConfig): Properties | undefined {
  const given = isObject(known) ? known : {};
  const own = Object.entries(isObject(actual) ? actual : {}).filter(
    ([name, value]) => name in given || defaultTags[name] !== value,
  );
  return own.length > 0 || isObject(known) ? Object.fromEntries(own) : undefined;
}

/** The failure of a resource that is there all the same, with what is known of it. */
async function partial(
  served: ServedType,
  about: { id: string; inputs: Properties; fallback: Properties; config: ProviderConfig; context: Context },
  error: unknown,
): Promise<PartialFailure> {
  const { id, inputs, fallback, config, context } = about;
  const stored = { inputs, state: fallback };
  const found = await read(served, id, stored, config, context).catch(() => undefined);
  return new PartialFailure(id, found ?? stored, error);
}
