import { arn, derivedId, recorded } from "../../recorded";

/** aws.ec2.Vpc, recorded. */
export const vpc = recorded({
  idPrefix: "vpc",
  replaceOn: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  outputs: ({ cidrBlock, enableDnsHostnames, enableDnsSupport, instanceTenancy }, id, context) => ({
    arn: arn("ec2", `vpc/${id}`, context),
    ownerId: context.accountId,
    cidrBlock: cidrBlock ?? "10.0.0.0/16",
    enableDnsHostnames: enableDnsHostnames ?? false,
    enableDnsSupport: enableDnsSupport ?? true,
    instanceTenancy: instanceTenancy ?? "default",
    defaultNetworkAclId: derivedId("acl", id),
    defaultRouteTableId: derivedId("rtb", id),
    defaultSecurityGroupId: derivedId("sg", id),
    dhcpOptionsId: derivedId("dopt", context.region),
    mainRouteTableId: derivedId("rtb", id),
    enableNetworkAddressUsageMetrics: false,
    ipv6AssociationId: "",
    ipv6CidrBlock: "",
    ipv6CidrBlockNetworkBorderGroup: "",
  }),
});
