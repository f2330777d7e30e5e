import type {
  EnforcementLevel,
  Policy,
  PolicyConfigSchema,
  PolicyResource,
  ReportViolation,
  ResourceRemediation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { ResourceProperties, ResourceType } from "./resources";

/** What a policy is about; also the name of the folder that it is in. */
export type Group = "capacity" | "encryption" | "network" | "access";

type JsonSchema = PolicyConfigSchema["properties"][string];

/** One setting of a policy; every setting has a default, so that a policy works without any. */
export type Setting<T> = JsonSchema & { default: T; description: string };

/** What users read of a policy, and what of it they may set. */
export interface About<Config extends object = object> {
  group: Group;
  /** Unique, in kebab case. */
  name: string;
  /** The rule, as a sentence. */
  what: string;
  /** What happens to those who break it, as a sentence. */
  why: string;
  /** What to do, as the end of a violation's line: no capital, no full stop. */
  remedy: string;
  severity: Severity;
  /** The controls that it implements, e.g. `SecurityHub.DMS.1`. */
  controls?: readonly string[];
  /** Default: mandatory. */
  level?: EnforcementLevel;
  /** Its settings. Default: none. */
  settings?: { readonly [Key in keyof Config]: Setting<Config[Key]> };
}

/** A policy of this pack, with what its documentation is made of. */
export type PackPolicy = (ResourceValidationPolicy | StackValidationPolicy) & {
  readonly about: About;
};

/** One type's resource, as its policies see it. */
export interface Resource<Type extends ResourceType> {
  type: Type;
  /** Inputs; reading one that a preview does not know yet throws. */
  props: ResourceProperties[Type];
}

/** A resource of a stack, with those that its properties come from. */
export interface StackResource<Type extends ResourceType = ResourceType> extends Resource<Type> {
  urn: string;
  name: string;
  /** The resources that a property's value comes from, by the property's name. */
  sources: Record<string, PolicyResource[]>;
}

/** All resources of a stack, by type. */
export interface StackView {
  ofType<Type extends ResourceType>(type: Type): StackResource<Type>[];
  /** Whether the stack has a resource of any of these types, known to {@link ResourceProperties} or not. */
  has(...types: string[]): boolean;
}

/** What is wrong, with the values that are: no capital, no full stop, never a secret. */
export type Finding = string;

/** What is wrong with one resource of a stack. */
export interface StackFinding {
  urn?: string;
  finding: Finding;
}

type ResourceCheck<Type extends ResourceType, Config> = (
  props: ResourceProperties[Type],
  config: Config,
  resource: Checked<Type>,
) => Finding | undefined;

/** What there is to know of a resource beside its properties. */
export interface Checked<Type extends ResourceType> {
  type: Type;
  /** Names the types of the components that it is in. */
  urn: string;
  /** The properties whose changes the program ignores, because something else sets them. */
  ignoreChanges: readonly string[];
}

/**
 * Mends a resource in place, and says whether it had to. In place, because a copy would read what a preview does not
 * know yet.
 */
type Remediation<Type extends ResourceType> = (props: ResourceProperties[Type]) => boolean;

/** A policy on single resources, of one type or of several. */
export function resourcePolicy<Type extends ResourceType, Config extends object = object>(
  about: About<Config>,
  types: Type | readonly Type[],
  check: ResourceCheck<Type, Config>,
  remediate?: Remediation<Type>,
): PackPolicy {
  const validate = (args: ResourceValidationArgs, report: ReportViolation) => {
    const finding = check(args.props as ResourceProperties[Type], configOf(about, args.getConfig<Config>()), {
      type: args.type as Type,
      urn: args.urn,
      ignoreChanges: args.opts.ignoreChanges,
    });
    if (finding !== undefined) report(violation(about, finding));
  };
  const remedy: ResourceRemediation | undefined =
    remediate && ((args) => (remediate(args.props as ResourceProperties[Type]) ? args.props : undefined));
  return {
    ...shared(about),
    validateResource: ofTypes(types, validate),
    ...(remedy && { remediateResource: ofTypes(types, remedy) }),
  };
}

/** A policy on the stack as a whole. It sees the outputs, and in a preview what is known of them. */
export function stackPolicy<Config extends object = object>(
  about: About<Config>,
  check: (stack: StackView, config: Config) => StackFinding[],
): PackPolicy {
  return {
    ...shared(about),
    validateStack: (args: StackValidationArgs, report: ReportViolation) => {
      for (const { finding, urn } of check(
        stackView(args.resources),
        configOf(about, args.getConfig<Config>()),
      )) {
        report(violation(about, finding), urn);
      }
    },
  };
}

/** Runs a function on resources of these types alone. */
function ofTypes<Result, Rest extends unknown[]>(
  types: ResourceType | readonly ResourceType[],
  run: (args: ResourceValidationArgs, ...rest: Rest) => Result,
): (args: ResourceValidationArgs, ...rest: Rest) => Result | undefined {
  const list: readonly string[] = [types].flat();
  const filtered = (args: ResourceValidationArgs, ...rest: Rest) =>
    list.includes(args.type) ? run(args, ...rest) : undefined;
  // With this mark, the one that the SDKs' own classes carry, the server of @pulumi/policy passes by resources of
  // other types without unpacking them.
  return list.length === 1 ? Object.assign(filtered, { __pulumiType: list[0] }) : filtered;
}

function shared<Config extends object>(about: About<Config>): Policy & { about: About } {
  const { group, name, what, why, remedy, severity, level, controls = [], settings } = about;
  return {
    about: about as About,
    name,
    description: `${what} ${why}`,
    enforcementLevel: level ?? "mandatory",
    severity,
    tags: [group, ...controls],
    remediationSteps: remedy,
    ...(settings && { configSchema: { properties: settings as PolicyConfigSchema["properties"] } }),
  };
}

function violation(about: Pick<About, "remedy">, finding: Finding): string {
  return `${finding}; ${about.remedy}`;
}

/** The settings' defaults under what the stack sets: an older engine does not fill them in. */
function configOf<Config extends object>(about: About<Config>, given: Config): Config {
  const settings = Object.entries(about.settings ?? {}) as [string, Setting<unknown>][];
  return { ...Object.fromEntries(settings.map(([key, setting]) => [key, setting.default])), ...given };
}

function stackView(resources: readonly PolicyResource[]): StackView {
  return {
    ofType: <Type extends ResourceType>(type: Type) =>
      resources
        .filter((resource) => resource.type === type)
        .map(({ urn, name, props, propertyDependencies }) => ({
          type,
          urn,
          name,
          props: props as ResourceProperties[Type],
          sources: propertyDependencies,
        })),
    has: (...types) => resources.some((resource) => types.includes(resource.type)),
  };
}
