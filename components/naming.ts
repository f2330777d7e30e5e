import { createHash } from "node:crypto";

/**
 * An identifier that DMS accepts for an endpoint, an instance, a subnet group, a task or a configuration: lower-case
 * ASCII letters, digits and single hyphens, beginning with a letter, not ending in a hyphen, at most `limit`
 * characters. DMS folds identifiers to lower case and refuses double hyphens (API reference, CreateEndpoint,
 * CreateReplicationInstance), so a name taken as it is would show a difference for ever, or fail.
 *
 * A name that had to be cut keeps a hash of the whole, so that two long names do not become one.
 *
 * @param limit the most characters allowed; default 63, DMS's limit for instances.
 */
export function dmsIdentifier(name: string, limit = 63): string {
  const clean = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .replace(/-+$/, "");
  const safe = clean === "" ? "rowstream" : clean;
  if (safe.length <= limit) return safe;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${safe.slice(0, limit - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}
