import { arn, recorded } from "../../recorded";

/** aws.ec2.RouteTable, recorded. */
export const routeTable = recorded({
  idPrefix: "rtb",
  replaceOn: ["vpcId"],
  sets: ["propagatingVgws", "routes"],
  outputs: ({ propagatingVgws, routes }, id, context) => ({
    arn: arn("ec2", `route-table/${id}`, context),
    ownerId: context.accountId,
    propagatingVgws: propagatingVgws ?? [],
    routes: routes ?? [],
  }),
});
