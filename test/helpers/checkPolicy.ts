import {
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import type { PackPolicy } from "../../policy/lib/policy";
import type { ResourceProperties, ResourceType } from "../../policy/lib/resources";

/** What stands for a value that a preview does not know yet (`unknownStringValue` of @pulumi/policy). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9" as never;

/** How a policy is called. */
export interface CheckOptions {
  settings?: object;
  ignoreChanges?: string[];
  /** The resource's URN, for policies that go by the component that it is in. */
  urn?: string;
}

/** What a policy on resources says of one, as the engine would have it: properties that are unknown throw. */
export function check<Type extends ResourceType>(
  policy: PackPolicy,
  type: Type,
  props: ResourceProperties[Type],
  { settings = {}, ignoreChanges = [], urn = "" }: CheckOptions = {},
): string[] {
  const { validateResource } = policy as ResourceValidationPolicy;
  if (typeof validateResource !== "function") return [];
  const marked = (validateResource as { __pulumiType?: string }).__pulumiType;
  if (marked !== undefined && marked !== type) return [];
  const found: string[] = [];
  const args = {
    type,
    urn,
    props: unknownCheckingProxy(props),
    opts: { ignoreChanges },
    getConfig: () => settings,
  };
  void validateResource(args as never, (message) => found.push(String(message)));
  return found;
}

/** Lets a policy mend a resource in place. Returns whether it did. */
export function remediate<Type extends ResourceType>(
  policy: PackPolicy,
  type: Type,
  props: ResourceProperties[Type],
): boolean {
  const { remediateResource } = policy as ResourceValidationPolicy;
  if (remediateResource === undefined) throw new Error(`${policy.name} mends nothing`);
  const args = { type, props: unknownCheckingProxy(props), getConfig: () => ({}) };
  return remediateResource(args as never) !== undefined;
}

/** A resource of a stack, for {@link checkStack}. */
export interface InStack {
  type: string;
  name: string;
  props?: object;
  /** The names of the resources that a property's value comes from, by the property's name. */
  sources?: Record<string, string[]>;
}

/** What a policy on stacks says of one: `resource: message`, or the message alone for the stack as a whole. */
export function checkStack(policy: PackPolicy, resources: InStack[], settings: object = {}): string[] {
  const found: string[] = [];
  const list = resources.map(({ type, name, props = {} }) => ({
    type,
    name,
    urn: name,
    props: unknownCheckingProxy(props),
    propertyDependencies: {} as Record<string, unknown[]>,
  }));
  for (const [index, { sources = {} }] of resources.entries()) {
    for (const [property, names] of Object.entries(sources)) {
      const one = list[index];
      if (one) one.propertyDependencies[property] = list.filter(({ name }) => names.includes(name));
    }
  }
  const { validateStack } = policy as StackValidationPolicy;
  void validateStack({ resources: list, getConfig: () => settings } as never, (message, urn) => {
    found.push(urn === undefined ? String(message) : `${urn}: ${message}`);
  });
  return found;
}
