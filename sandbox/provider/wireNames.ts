import { isObject } from "./properties";

/** Names that the two sides spell differently beyond the first letter: the provider's, and the service's. */
export type Spellings = Record<string, string>;

/** Properties as the AWS APIs spell them: `sslMode` becomes `SslMode`, at every depth. */
export function toWire(value: unknown, spellings: Spellings = {}): unknown {
  return renamed(value, (name) => spellings[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

/** The way back. */
export function fromWire(value: unknown, spellings: Spellings = {}): unknown {
  const back = Object.fromEntries(Object.entries(spellings).map(([own, wire]) => [wire, own]));
  return renamed(value, (name) => back[name] ?? `${name.charAt(0).toLowerCase()}${name.slice(1)}`);
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => renamed(element, rename));
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (!isObject(value)) {
    return value;
  }
  const there = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(there.map(([name, member]) => [rename(name), renamed(member, rename)]));
}
