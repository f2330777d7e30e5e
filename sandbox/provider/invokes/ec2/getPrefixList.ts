import { derivedId } from "../../recorded";
import type { Invoke } from "..";

/** aws.ec2.getPrefixList by its name: the list that a gateway endpoint of the same service has. */
export const getPrefixList: Invoke = (args, { region }) => {
  const id = typeof args.prefixListId === "string" ? args.prefixListId : derivedId("pl", String(args.name));
  return { ...args, id, name: args.name ?? id, region, cidrBlocks: [] };
};
