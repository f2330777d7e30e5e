import { type PackPolicy, resourcePolicy } from "../lib/policy";

/** A policy that a warehouse is reached in its VPC alone, and reaches all else through it. */
function privatePolicy(
  type: "aws:redshiftserverless/workgroup:Workgroup" | "aws:redshift/cluster:Cluster",
  what: "workgroup" | "cluster",
  name: string,
  controls: string[],
): PackPolicy {
  return resourcePolicy(
    {
      group: "network",
      name,
      what: `A ${what} of Redshift has no public address, and its traffic goes through its VPC.`,
      why: "It holds every change of every table; by another way than the VPC no security group and no flow log sees who reads it.",
      remedy: "set publiclyAccessible to false and enhancedVpcRouting to true",
      severity: "critical",
      controls: [...controls, "WellArchitected.SEC05-BP01"],
    },
    type,
    ({ publiclyAccessible, enhancedVpcRouting }) => {
      if (publiclyAccessible !== false) return `the ${what} is publicly accessible`;
      return enhancedVpcRouting === true ? undefined : `the ${what}'s traffic passes by its VPC`;
    },
  );
}

export const redshiftServerlessPrivate = privatePolicy(
  "aws:redshiftserverless/workgroup:Workgroup",
  "workgroup",
  "redshift-serverless-private",
  ["SecurityHub.RedshiftServerless.1", "SecurityHub.RedshiftServerless.3"],
);

export const redshiftClusterPrivate = privatePolicy(
  "aws:redshift/cluster:Cluster",
  "cluster",
  "redshift-cluster-private",
  ["SecurityHub.Redshift.1", "SecurityHub.Redshift.7"],
);
