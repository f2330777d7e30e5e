import { isDeepStrictEqual } from "node:util";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A resource's properties as plain JSON values, assets and unknown values in the engine's own notation. */
export type Properties = Record<string, unknown>;

/** What stands in a preview for a value that nobody knows yet (@pulumi/pulumi, runtime/rpc). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key by which an object says that it is not one, and the kinds that reach a provider. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** The key under which the real provider notes which inputs it chose itself; never a property of the resource. */
export const DEFAULTS = "__defaults";

/** True of an object of properties: no list, no null, no asset or archive. */
export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(SIGNATURE in value);
}

/** True of an archive: a function's code. */
export function isArchive(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && (value as Properties)[SIGNATURE] === ARCHIVE;
}

/** True of a value that is marked as secret; it is under `value`. */
export function isSecret(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && (value as Properties)[SIGNATURE] === SECRET;
}

/** True where the value is unknown or holds one that is. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return value === UNKNOWN;
  }
  return Object.values(value).some(holdsUnknown);
}

/** Reads the wire's form. Properties that are null count as absent, as in a program. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct ? (withoutAbsent(struct.toJavaScript()) as Properties) : {};
}

/** Writes the wire's form; undefined and null are left out. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(withoutAbsent(properties) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => (element === undefined ? null : withoutAbsent(element)));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([key, member]) => [key, withoutAbsent(member)]),
  );
}

/** Only these members, as far as they are set. */
export function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** Without what is empty, false, zero or absent: an imported resource's inputs name only what was chosen. */
export function withoutEmpty(properties: Properties): Properties {
  const kept = Object.entries(properties)
    .map(([key, value]) => [key, isObject(value) ? withoutEmpty(value) : value] as const)
    .filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.length === 0;
  }
  return isObject(value) ? Object.keys(value).length === 0 : !value;
}

/** Equality of values; archives and assets by the engine's hash of their content. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isArchive(a) && isArchive(b) && a.hash !== undefined) {
    return a.hash === b.hash;
  }
  return isDeepStrictEqual(a, b);
}

/** Text of JSON in one canonical form; other text as it is. */
export function canonicalJson(text: unknown): unknown {
  if (typeof text !== "string") {
    return text;
  }
  try {
    return JSON.stringify(sortKeys(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([key, member]) => [key, sortKeys(member)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
