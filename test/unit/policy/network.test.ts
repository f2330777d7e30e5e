import assert from "node:assert/strict";
import { dmsNotPublic, serverlessEndpoints } from "../../../policy/network/dms";
import { noOpenEgress, noOpenIngress } from "../../../policy/network/openRanges";
import { redshiftClusterPrivate, redshiftServerlessPrivate } from "../../../policy/network/redshift";
import { check, checkStack, UNKNOWN } from "../../helpers/checkPolicy";
import { refuses } from "../../helpers/refuses";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

describe("network", () => {
  // The service's own is that it is.
  for (const publiclyAccessible of [true, undefined]) {
    refuses(
      dmsNotPublic,
      "aws:dms/replicationInstance:ReplicationInstance",
      { publiclyAccessible },
      "the instance is publicly accessible; set publiclyAccessible to false",
    );
  }

  const closed = "set publiclyAccessible to false and enhancedVpcRouting to true";
  for (const [policy, type, what] of [
    [redshiftServerlessPrivate, "aws:redshiftserverless/workgroup:Workgroup", "workgroup"],
    [redshiftClusterPrivate, "aws:redshift/cluster:Cluster", "cluster"],
  ] as const) {
    for (const publiclyAccessible of [true, undefined]) {
      refuses(policy, type, { publiclyAccessible }, `the ${what} is publicly accessible; ${closed}`);
    }
    for (const enhancedVpcRouting of [false, undefined]) {
      refuses(policy, type, { enhancedVpcRouting }, `the ${what}'s traffic passes by its VPC; ${closed}`);
    }
  }

  const inward = "name the ranges or the security groups that need it";
  const outward =
    "name the source's ranges (rowstream: network.sourceCidrBlocks) and AWS's prefix lists or endpoints";
  const v4 = ["0.0.0.0/0"];
  const v6 = ["::/0"];
  refuses(noOpenIngress, INGRESS, { cidrIpv4: v4[0] }, `the ingress is open for 0.0.0.0/0; ${inward}`);
  refuses(noOpenIngress, INGRESS, { cidrIpv6: v6[0] }, `the ingress is open for ::/0; ${inward}`);
  refuses(
    noOpenIngress,
    GROUP,
    { ingress: [{ ipv6CidrBlocks: v6 }] },
    `the ingress is open for ::/0; ${inward}`,
  );
  refuses(noOpenIngress, RULE, { cidrBlocks: v4 }, `the ingress is open for 0.0.0.0/0; ${inward}`);
  refuses(noOpenEgress, EGRESS, { cidrIpv4: v4[0] }, `the egress is open for 0.0.0.0/0; ${outward}`);
  refuses(
    noOpenEgress,
    GROUP,
    { egress: [{ cidrBlocks: v4 }] },
    `the egress is open for 0.0.0.0/0; ${outward}`,
  );
  refuses(
    noOpenEgress,
    RULE,
    { type: "egress", ipv6CidrBlocks: v6 },
    `the egress is open for ::/0; ${outward}`,
  );
  it("holds each direction to its own rules", () => {
    assert.deepEqual(check(noOpenEgress, INGRESS, { cidrIpv4: "0.0.0.0/0" }), []);
    assert.deepEqual(check(noOpenIngress, RULE, { type: "egress", cidrBlocks: v4 }), []);
  });
});

describe("network: the endpoints of a serverless replication", () => {
  const config = { type: "aws:dms/replicationConfig:ReplicationConfig", name: "replication" };
  const vpc = { type: "awsx:ec2:Vpc", name: "vpc" };
  const endpoint = (service: string) => ({
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    name: service,
    props: { serviceName: `com.amazonaws.eu-central-1.${service}` },
  });
  const source = {
    type: "aws:dms/endpoint:Endpoint",
    name: "source",
    props: { secretsManagerArn: UNKNOWN },
  };
  const remedy = "add a VpcEndpoint for each (rowstream: network.routeTableIds in a VPC of your own)";

  it("refuses a VPC of the stack's that lacks one, the secret's among them", () => {
    assert.deepEqual(
      checkStack(serverlessEndpoints, [config, vpc, source, endpoint("dynamodb"), endpoint("s3")]),
      [`replication: the stack has no VPC endpoint for logs, secretsmanager; ${remedy}`],
    );
  });
  it("passes one that has them, and a VPC from elsewhere", () => {
    const all = ["dynamodb", "s3", "logs"].map(endpoint);
    assert.deepEqual(checkStack(serverlessEndpoints, [config, vpc, ...all]), []);
    assert.deepEqual(checkStack(serverlessEndpoints, [config]), []);
    assert.deepEqual(checkStack(serverlessEndpoints, [vpc]), []);
  });
});
