import { arn, recorded } from "./recorded";
import type { ResourceType } from "./resourceType";

/** The ways to say whom a rule is about; a rule has one of them. */
const PEERS = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

/** A rule of a security group, in or out: the two types differ by their token alone. */
export function securityGroupRule(): ResourceType {
  return recorded({
    idPrefix: "sgr",
    replaceOn: ["securityGroupId"],
    check: (inputs) => {
      const given = PEERS.filter((name) => inputs[name] !== undefined);
      return given.length === 1
        ? []
        : [
            {
              property: "",
              reason: `give exactly one of ${PEERS.join(", ")}; given: ${given.join(", ") || "none"}`,
            },
          ];
    },
    outputs: (_inputs, id, context) => ({
      arn: arn("ec2", `security-group-rule/${id}`, context),
      securityGroupRuleId: id,
    }),
  });
}
