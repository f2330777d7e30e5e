import { randomBytes } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The letters and digits that end the ARN of a new resource, as DMS makes them. */
export function newResourceId(): string {
  return [...randomBytes(26)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** The last part of an ARN, its colons counted from the front: a DMS ARN has seven parts. */
export function resourceIdOf(arn: string): string {
  return arn.split(":").slice(6).join(":");
}

/** What a task's slot and publications in the source are named after: small letters, digits and underscores. */
export function sourceId(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "_")
    .slice(0, 48);
}
