import { type About, type PackPolicy, resourcePolicy } from "../lib/policy";
import type { ResourceProperties } from "../lib/resources";

type Direction = "ingress" | "egress";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const RULES = {
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
} as const;

/** The whole internet, in both versions of the protocol. */
const EVERYWHERE = /^(0\.0\.0\.0|::)\/0$/;

export const noOpenIngress = openRangePolicy("ingress", {
  name: "no-open-ingress",
  what: "No security group lets the whole internet in.",
  why: "Nothing in a pipeline is called from outside.",
  remedy: "name the ranges or the security groups that need it",
  severity: "critical",
  controls: ["SecurityHub.EC2.18", "SecurityHub.EC2.19", "CIS-AWS-3.0.0/5.2", "WellArchitected.SEC05-BP02"],
});

export const noOpenEgress = openRangePolicy("egress", {
  name: "no-open-egress",
  what: "No security group lets everything out.",
  why: "The replication holds every row of the source, and needs to reach the source and AWS alone.",
  remedy:
    "name the source's ranges (rowstream: network.sourceCidrBlocks) and AWS's prefix lists or endpoints",
  severity: "high",
  controls: ["WellArchitected.SEC05-BP02"],
});

function openRangePolicy(direction: Direction, about: Omit<About, "group">): PackPolicy {
  return resourcePolicy(
    { group: "network", ...about },
    [GROUP, RULE, RULES[direction]],
    (props, _config, { type }) => {
      const open = ranges(type, props, direction).filter((range) => EVERYWHERE.test(range));
      return open.length > 0 ? `the ${direction} is open for ${open.join(", ")}` : undefined;
    },
  );
}

/** The ranges that a group or a rule of it names, in one direction. */
function ranges(type: string, props: object, direction: Direction): string[] {
  if (type === GROUP) {
    const blocks = (props as ResourceProperties[typeof GROUP])[direction] ?? [];
    return blocks.flatMap(({ cidrBlocks = [], ipv6CidrBlocks = [] }) => [...cidrBlocks, ...ipv6CidrBlocks]);
  }
  if (type === RULE) {
    const rule = props as ResourceProperties[typeof RULE];
    return rule.type === direction ? [...(rule.cidrBlocks ?? []), ...(rule.ipv6CidrBlocks ?? [])] : [];
  }
  const { cidrIpv4, cidrIpv6 } = props as ResourceProperties[typeof RULES.ingress];
  return [cidrIpv4, cidrIpv6].filter((range) => range !== undefined);
}
