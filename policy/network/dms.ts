import { resourcePolicy, type StackFinding, type StackView, stackPolicy } from "../lib/policy";
import { isGiven, known } from "../lib/unknown";

export const dmsNotPublic = resourcePolicy(
  {
    group: "network",
    name: "dms-not-public",
    what: "The replication instance has no public address.",
    why: "It has one by default, and with it a way from the internet to the source's network.",
    remedy: "set publiclyAccessible to false",
    severity: "critical",
    controls: ["SecurityHub.DMS.1", "WellArchitected.SEC05-BP01"],
  },
  "aws:dms/replicationInstance:ReplicationInstance",
  ({ publiclyAccessible }) =>
    publiclyAccessible === false ? undefined : "the instance is publicly accessible",
);

export const serverlessEndpoints = stackPolicy<{ services: string[] }>(
  {
    group: "network",
    name: "serverless-endpoints",
    what: "The VPC of a serverless replication has the endpoints that DMS needs.",
    why: "DMS Serverless has no other way to DynamoDB, and fails after minutes with a message about the network.",
    remedy: "add a VpcEndpoint for each (rowstream: network.routeTableIds in a VPC of your own)",
    severity: "high",
    settings: {
      services: {
        type: "array",
        items: { type: "string" },
        default: ["dynamodb", "s3", "logs"],
        description:
          "The services, as the end of an endpoint's service name; secretsmanager is added where an endpoint has a secret",
      },
    },
  },
  (stack, { services }): StackFinding[] => {
    const replications = stack.ofType("aws:dms/replicationConfig:ReplicationConfig");
    if (replications.length === 0 || !hasNetwork(stack)) return [];
    const there = stack.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ props }) =>
      known(() => props.serviceName)
        ?.split(".")
        .at(-1),
    );
    // An endpoint whose service a preview does not know yet may be any of them.
    if (there.includes(undefined)) return [];
    const missing = [...services, ...(usesSecret(stack) ? ["secretsmanager"] : [])].filter(
      (service) => !there.includes(service),
    );
    return missing.length > 0
      ? [{ urn: replications[0]?.urn, finding: `the stack has no VPC endpoint for ${missing.join(", ")}` }]
      : [];
  },
);

/** In a VPC from elsewhere, the endpoints are from elsewhere too, where a policy cannot see them. */
function hasNetwork(stack: StackView): boolean {
  return stack.has("aws:ec2/vpc:Vpc", "awsx:ec2:Vpc", "aws:ec2/vpcEndpoint:VpcEndpoint");
}

function usesSecret(stack: StackView): boolean {
  return stack
    .ofType("aws:dms/endpoint:Endpoint")
    .some(({ props }) => isGiven(() => props.secretsManagerArn));
}
