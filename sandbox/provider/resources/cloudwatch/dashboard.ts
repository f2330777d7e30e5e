import { recorded } from "../../recorded";

/** aws.cloudwatch.Dashboard, recorded: nothing in the sandbox draws it. Its id is its name. */
export const dashboard = recorded({
  replaceOn: ["dashboardName"],
  documents: ["dashboardBody"],
  id: ({ dashboardName }) => String(dashboardName),
  // A dashboard belongs to the account, not to a region.
  outputs: (_inputs, id, { partition, accountId }) => ({
    dashboardArn: `arn:${partition}:cloudwatch::${accountId}:dashboard/${id}`,
  }),
});
