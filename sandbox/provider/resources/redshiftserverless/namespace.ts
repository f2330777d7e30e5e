import { arn, recorded } from "../../recorded";

/** aws.redshiftserverless.Namespace, recorded, as `cluster` of ../redshift is. */
export const namespace = recorded({
  replaceOn: ["namespaceName"],
  id: ({ namespaceName }) => String(namespaceName),
  outputs: ({ namespaceName }, id, context) => ({
    arn: arn("redshift-serverless", `namespace/${namespaceName}`, context),
    namespaceId: id,
  }),
});
