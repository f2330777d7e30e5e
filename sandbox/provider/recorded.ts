import { createHash, randomUUID } from "node:crypto";
import type { Properties } from "./properties";
import type { AutoName, Context, ResourceType } from "./resourceType";

/** A type that has no data plane in the sandbox: it lives in the stack's state alone. */
export interface RecordedType {
  autoName?: AutoName;
  replaceOn: readonly string[];
  sets?: readonly string[];
  documents?: readonly string[];
  /** What its ids begin with, for example `vpc` for `vpc-0f1e…`. Default: no id of AWS's kind, see `id`. */
  idPrefix?: string;
  /** Its id where that is made of its inputs. */
  id?(inputs: Properties): string;
  /** The outputs, which must follow from the inputs and the id alone: nothing else is kept. */
  outputs(inputs: Properties, id: string, context: Context): Properties;
  check?: ResourceType["check"];
}

/** How many hex digits AWS's ids have. */
const ID_DIGITS = 17;

/**
 * A resource type that is recorded only: enough for what refers to it to get realistic ids and ARNs, and for preview,
 * update, replacement and destruction to be what they are with AWS. There is nothing to find: an import fails.
 */
export function recorded(type: RecordedType): ResourceType {
  return {
    ...type,
    async create(inputs) {
      return type.id?.(inputs) ?? newId(type.idPrefix ?? "r");
    },
    async read(id, context, known) {
      const nothing = Object.keys(known).length === 0;
      return nothing ? undefined : { inputs: known, outputs: type.outputs(known, id, context) };
    },
    async update() {
      // The state takes the new inputs.
    },
    async delete() {
      // Nothing but the state knew it.
    },
  };
}

function newId(prefix: string): string {
  return `${prefix}-${randomUUID().replaceAll("-", "").slice(0, ID_DIGITS)}`;
}

/** An id that belongs to another: a VPC's default security group, say, is always the same one. */
export function derivedId(prefix: string, of: string): string {
  return `${prefix}-${createHash("sha256").update(`${prefix}:${of}`).digest("hex").slice(0, ID_DIGITS)}`;
}

/** The ARN of something of this account. */
export function arn(service: string, resource: string, { partition, region, accountId }: Context): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
