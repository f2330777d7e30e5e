import { arn, recorded } from "../../recorded";

/** aws.redshiftserverless.Workgroup, recorded, as `cluster` of ../redshift is. */
export const workgroup = recorded({
  replaceOn: ["workgroupName", "namespaceName"],
  id: ({ workgroupName }) => String(workgroupName),
  outputs: ({ workgroupName }, id, context) => ({
    arn: arn("redshift-serverless", `workgroup/${workgroupName}`, context),
    workgroupId: id,
  }),
});
