import { holdsUnknown, isObject, type Properties, UNKNOWN } from "./properties";

/** A list of tags as the SDKs have it, by the names that most services use. */
export function tagList(tags: unknown): { Key: string; Value: string }[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

/** The same back; AWS's own tags are nobody's inputs. */
export function tagMap(list: readonly { Key?: string; Value?: string }[] | undefined): Properties {
  const own = (list ?? []).filter(({ Key }) => Key !== undefined && !Key.startsWith("aws:"));
  return Object.fromEntries(own.map(({ Key, Value }) => [Key as string, Value ?? ""]));
}

/** What to set and what to remove so that `old` becomes `wanted`. */
export function tagChanges(old: unknown, wanted: unknown): { set: Record<string, string>; remove: string[] } {
  const before = (old ?? {}) as Record<string, string>;
  const after = (wanted ?? {}) as Record<string, string>;
  return {
    set: Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value)),
    remove: Object.keys(before).filter((key) => !(key in after)),
  };
}

/** The provider's default tags under the resource's own; unknown as a whole where they are not known yet. */
export function allTags(defaults: Record<string, string>, tags: unknown): unknown {
  if (tags === UNKNOWN) {
    return UNKNOWN;
  }
  const all = { ...defaults, ...(isObject(tags) ? tags : {}) };
  return holdsUnknown(all) ? UNKNOWN : all;
}
