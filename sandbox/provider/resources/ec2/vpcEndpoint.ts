import { arn, derivedId, recorded } from "../../recorded";

/** A policy that lets everything through, as AWS gives an endpoint that has none of its own. */
const FULL_ACCESS = JSON.stringify({
  Version: "2008-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

/** aws.ec2.VpcEndpoint, recorded. */
export const vpcEndpoint = recorded({
  idPrefix: "vpce",
  replaceOn: [
    "resourceConfigurationArn",
    "serviceName",
    "serviceNetworkArn",
    "serviceRegion",
    "vpcEndpointType",
    "vpcId",
  ],
  sets: ["routeTableIds", "securityGroupIds", "subnetIds"],
  documents: ["policy"],
  outputs: (inputs, id, context) => {
    const gateway = (inputs.vpcEndpointType ?? "Gateway") === "Gateway";
    const subnetIds = (inputs.subnetIds as string[] | undefined) ?? [];
    const dnsName = `${id}.${String(inputs.serviceName).split(".").at(-1)}.${context.region}.vpce.amazonaws.com`;
    return {
      arn: arn("ec2", `vpc-endpoint/${id}`, context),
      ownerId: context.accountId,
      state: "available",
      requesterManaged: false,
      ipAddressType: inputs.ipAddressType ?? "ipv4",
      policy: inputs.policy ?? FULL_ACCESS,
      prefixListId: gateway ? derivedId("pl", `${inputs.serviceName}`) : "",
      cidrBlocks: [],
      dnsEntries: gateway ? [] : [{ dnsName, hostedZoneId: derivedId("Z", context.region) }],
      networkInterfaceIds: gateway ? [] : subnetIds.map((subnet) => derivedId("eni", `${id}/${subnet}`)),
      privateDnsEnabled: inputs.privateDnsEnabled ?? false,
      routeTableIds: inputs.routeTableIds ?? [],
      securityGroupIds: inputs.securityGroupIds ?? [],
      serviceRegion: inputs.serviceRegion ?? context.region,
      subnetIds,
    };
  },
});
