import { z } from "zod";
import { Fault } from "../wire/fault";

/** The subnets of a group. */
export const subnets = z.array(z.string().regex(/^subnet-/, "not a subnet id")).min(1);

/** The subnets as the API shows them. @throws Fault where they cannot be in two availability zones */
export function subnetsOf(ids: string[]) {
  if (new Set(ids).size < 2) {
    throw new Fault(
      "ReplicationSubnetGroupDoesNotCoverEnoughAZs",
      `the subnet group needs subnets in at least two availability zones; it has ${ids.join(", ")}`,
    );
  }
  return ids.map((id, index) => ({
    SubnetIdentifier: id,
    SubnetAvailabilityZone: { Name: `us-east-1${"abcdef"[index % 6]}` },
    SubnetStatus: "Active",
  }));
}
