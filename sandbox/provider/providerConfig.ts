import { DEFAULTS, isObject, type Properties } from "./properties";

/** What a provider resource (`new aws.Provider`, or the stack's `aws:` settings) tells the stand-in. */
export interface ProviderConfig {
  region: string;
  /** Tags that every resource gets which can have them. */
  defaultTags: Record<string, string>;
}

/**
 * Reads a provider's inputs. Objects arrive as JSON text. What is about reaching AWS (credentials, profiles, roles,
 * endpoints, retries) does not matter here: the stand-in only ever acts on this machine, as nobody.
 */
export function readProviderConfig(inputs: Properties, fallbackRegion: string): ProviderConfig {
  const defaultTags = parse(inputs.defaultTags);
  const tags = isObject(defaultTags) && isObject(defaultTags.tags) ? defaultTags.tags : {};
  const own = Object.entries(tags).filter(([name]) => name !== DEFAULTS);
  return {
    region: typeof inputs.region === "string" && inputs.region !== "" ? inputs.region : fallbackRegion,
    defaultTags: Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
  };
}

function parse(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}
