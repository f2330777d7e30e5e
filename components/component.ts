import * as pulumi from "@pulumi/pulumi";

/** Tags that every taggable child of a component gets. */
export type Tags = pulumi.Input<Record<string, pulumi.Input<string>>>;

/**
 * The way out for one child: what the component would give it, changed. Either properties that are merged over the
 * component's own (nested plain objects are merged, lists and everything else replaced), or a function that changes
 * the arguments and the resource options in place.
 */
export type Transform<A> =
  | Partial<A>
  | ((args: A, opts: pulumi.CustomResourceOptions, name: string) => undefined);

/** What every component takes. */
export interface ComponentArgs {
  /** Tags for every child that can have them. Default: none. */
  tags?: Tags;
}

/** The namespace of every component's type token. */
const NAMESPACE = "rowstream:pipeline";

/**
 * The base of every component: its type token, the tags of its children, the naming of its children, and the way
 * out through `transform`.
 *
 * The third parameter of the engine's registration reaches the state and policies in clear text (secrets arrive
 * decrypted there), so a component hands up plain settings only, never a credential.
 */
export abstract class Component extends pulumi.ComponentResource {
  /** The tags of every child that can have them, for those that are components themselves. */
  protected readonly commonTags: Tags | undefined;

  /**
   * @param kind the component's own name, e.g. `FanIn`; the type token is `rowstream:pipeline:<kind>`.
   * @param settings plain settings that policies and the state may see.
   * @param tags tags for every child that can have them.
   */
  protected constructor(
    kind: string,
    name: string,
    settings: pulumi.Inputs,
    tags: Tags | undefined,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`${NAMESPACE}:${kind}`, name, settings, opts);
    this.commonTags = tags;
  }

  /**
   * What a child's constructor takes, to be spread into it: its name, its arguments after the transform, and options
   * with this component as the parent. The parent also hands down the provider.
   *
   * @param name the child's full name; it is the child's identity in the state, so it must not change.
   */
  protected child<A extends object>(
    name: string,
    args: A,
    transform?: Transform<A>,
    opts?: pulumi.CustomResourceOptions,
  ): [string, A, pulumi.CustomResourceOptions] {
    const options: pulumi.CustomResourceOptions = { ...opts, parent: this };
    if (transform === undefined) return [name, args, options];
    if (typeof transform !== "function") return [name, mergeOver(args, transform), options];
    const own = { ...args };
    transform(own, options, name);
    return [name, own, options];
  }

  /** As {@link child}, for a child that can have tags: the component's are added, and its own win over them. */
  protected tagged<A extends { tags?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined> }>(
    name: string,
    args: A,
    transform?: Transform<A>,
    opts?: pulumi.CustomResourceOptions,
  ): [string, A, pulumi.CustomResourceOptions] {
    return this.child(name, { ...args, tags: mergeTags(this.commonTags, args.tags) }, transform, opts);
  }
}

/** Tags of the component under those of the child itself. */
function mergeTags(
  common: Tags | undefined,
  own: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>,
) {
  if (own === undefined) return common;
  return pulumi.all([common ?? {}, own]).apply(([lower, upper]) => ({ ...lower, ...upper }));
}

/** `over` merged into `base`, plain object by plain object; neither is changed. */
function mergeOver<A extends object>(base: A, over: Partial<A>): A {
  const merged: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isPlain(below) && isPlain(value) ? mergeOver(below, value) : value;
  }
  return merged as A;
}

/** True of an object literal: no Output, resource, asset or list. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
