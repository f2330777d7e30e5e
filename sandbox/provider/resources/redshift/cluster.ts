import { arn, recorded } from "../../recorded";

/** aws.redshift.Cluster, recorded: there is no Redshift in the sandbox, for previews under the policies alone. */
export const cluster = recorded({
  replaceOn: ["clusterIdentifier", "masterUsername"],
  id: ({ clusterIdentifier }) => String(clusterIdentifier),
  outputs: ({ clusterIdentifier }, _id, context) => ({
    arn: arn("redshift", `cluster:${clusterIdentifier}`, context),
  }),
});
