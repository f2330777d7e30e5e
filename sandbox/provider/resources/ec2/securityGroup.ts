import { arn, recorded } from "../../recorded";

/** aws.ec2.SecurityGroup, recorded. */
export const securityGroup = recorded({
  idPrefix: "sg",
  autoName: { property: "name", prefixProperty: "namePrefix" },
  replaceOn: ["description", "name", "namePrefix", "vpcId"],
  sets: ["egress", "ingress"],
  outputs: ({ description, egress, ingress, vpcId }, id, context) => ({
    arn: arn("ec2", `security-group/${id}`, context),
    ownerId: context.accountId,
    description: description ?? "Managed by Pulumi",
    egress: egress ?? [],
    ingress: ingress ?? [],
    vpcId: vpcId ?? "",
  }),
});
