import { arn, recorded } from "../../recorded";
import { zoneIdOf, zonesOf } from "../../zones";

/** aws.ec2.Subnet, recorded. */
export const subnet = recorded({
  idPrefix: "subnet",
  replaceOn: ["availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"],
  outputs: ({ availabilityZone, availabilityZoneId }, id, context) => {
    const zones = zonesOf(context.region);
    const zone = availabilityZone ?? zones.find((one) => zoneIdOf(one) === availabilityZoneId) ?? zones[0];
    return {
      arn: arn("ec2", `subnet/${id}`, context),
      ownerId: context.accountId,
      availabilityZone: zone,
      availabilityZoneId: zoneIdOf(String(zone)),
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
      privateDnsHostnameTypeOnLaunch: "ip-name",
    };
  },
});
