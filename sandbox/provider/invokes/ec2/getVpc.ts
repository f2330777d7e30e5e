import { vpc } from "../../resources/ec2/vpc";
import type { Invoke } from "..";

/** The range of every VPC of a user's own that a program names: nothing here knows the real one. */
const CIDR_BLOCK = "10.0.0.0/16";

/** aws.ec2.getVpc by its id: networks are recorded only, so every id is that of a VPC. */
export const getVpc: Invoke = async (args, context) => {
  if (typeof args.id !== "string") {
    throw new Error("the sandbox finds a VPC by its id only; give the id");
  }
  const found = await vpc.read(args.id, context, { cidrBlock: CIDR_BLOCK });
  return {
    ...found?.outputs,
    id: args.id,
    region: context.region,
    cidrBlockAssociations: [{ associationId: args.id, cidrBlock: CIDR_BLOCK, state: "associated" }],
    ipv6CidrBlockAssociations: [],
    default: false,
    state: "available",
    tags: {},
  };
};
