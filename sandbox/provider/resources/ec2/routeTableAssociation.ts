import { recorded } from "../../recorded";

/** aws.ec2.RouteTableAssociation, recorded. */
export const routeTableAssociation = recorded({
  idPrefix: "rtbassoc",
  replaceOn: ["gatewayId", "subnetId"],
  outputs: () => ({}),
});
