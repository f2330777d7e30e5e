import assert from "node:assert/strict";
import { Network, type NetworkArgs, type SourceAccess } from "../../../components/network";
import { failMocked, type Recording, resolved, runMocked } from "../../helpers/mocks";

const VPC = "awsx:ec2:Vpc";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const SOURCE: SourceAccess = { sourcePort: 5432, usesSecret: false };
const THEIRS: NetworkArgs = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] };

function egressTo(recording: Recording): Record<string, unknown> {
  return Object.fromEntries(
    recording
      .ofType(EGRESS)
      .map(({ name, inputs }) => [
        name,
        `${inputs.cidrIpv4 ?? inputs.prefixListId ?? inputs.referencedSecurityGroupId} ${inputs.fromPort}-${inputs.toPort}`,
      ]),
  );
}

describe("Network", () => {
  it("makes a VPC of isolated subnets in two zones, with the endpoints that DMS needs", async () => {
    const { result, recording } = await runMocked(
      () => new Network("net", { ...SOURCE, tags: { team: "data" } }),
    );
    assert.deepEqual(recording.only(VPC).inputs, {
      cidrBlock: "10.0.0.0/16",
      numberOfAvailabilityZones: 2,
      subnetStrategy: "Auto",
      subnetSpecs: [{ type: "Isolated" }],
      natGateways: { strategy: "None" },
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { team: "data" },
    });
    assert.deepEqual(
      recording.ofType(ENDPOINT).map(({ inputs }) => `${inputs.serviceName} ${inputs.vpcEndpointType}`),
      [
        "com.amazonaws.eu-central-1.dynamodb Gateway",
        "com.amazonaws.eu-central-1.s3 Gateway",
        "com.amazonaws.eu-central-1.logs Interface",
      ],
    );
    assert.equal(await resolved(result.vpcId), "vpc-net");
    assert.deepEqual(await resolved(result.subnetIds), ["subnet-a", "subnet-b"]);
    assert.equal(result.nodes.endpoints.length, 3);
  });

  it("adds the endpoint of Secrets Manager when the source's credentials are a secret", async () => {
    const { recording } = await runMocked(() => new Network("net", { ...SOURCE, usesSecret: true }));
    const { inputs } = recording.only(ENDPOINT, "net-secretsmanager");
    assert.equal(inputs.privateDnsEnabled, true);
  });

  it("lets the replication reach the source's port in private ranges, AWS's endpoints, and nothing else", async () => {
    const { recording } = await runMocked(() => new Network("net", SOURCE));
    assert.deepEqual(egressTo(recording), {
      "net-to-source-0": "10.0.0.0/8 5432-5432",
      "net-to-source-1": "172.16.0.0/12 5432-5432",
      "net-to-source-2": "192.168.0.0/16 5432-5432",
      "net-to-dynamodb": "pl-net-dynamodb 443-443",
      "net-to-s3": "pl-net-s3 443-443",
      "net-to-endpoints": "net-endpoints-id 443-443",
    });
    const ingress = recording.only(INGRESS);
    assert.equal(ingress.inputs.securityGroupId, "net-endpoints-id");
    assert.equal(ingress.inputs.referencedSecurityGroupId, "net-replication-id");
  });

  it("opens nothing to the whole internet, with any arguments", async () => {
    for (const args of [{}, THEIRS, { ...THEIRS, routeTableIds: ["rtb-1"] }]) {
      const { recording } = await runMocked(() => new Network("net", { ...SOURCE, ...args }));
      assert.ok(!JSON.stringify(recording.resources.map(({ inputs }) => inputs)).includes("0.0.0.0/0"));
    }
  });

  it("uses a VPC of the user's own without making anything in it but a security group", async () => {
    const { result, recording } = await runMocked(() => new Network("net", { ...SOURCE, ...THEIRS }));
    assert.deepEqual(recording.ofType(VPC), []);
    assert.deepEqual(recording.ofType(ENDPOINT), []);
    assert.equal(recording.only(GROUP).inputs.vpcId, "vpc-1");
    assert.equal(egressTo(recording)["net-to-vpc"], "10.9.0.0/16 443-443");
    assert.equal(egressTo(recording)["net-to-dynamodb"], "pl-looked-up 443-443");
    assert.deepEqual(await resolved(result.subnetIds), ["subnet-1", "subnet-2"]);
    assert.equal(result.nodes.vpc, undefined);
  });

  it("makes the endpoints in a VPC of the user's own when it is told the route tables", async () => {
    const { recording } = await runMocked(
      () => new Network("net", { ...SOURCE, ...THEIRS, routeTableIds: ["rtb-1"] }),
    );
    assert.deepEqual(recording.only(ENDPOINT, "net-s3").inputs.routeTableIds, ["rtb-1"]);
    assert.deepEqual(recording.only(ENDPOINT, "net-logs").inputs.subnetIds, ["subnet-1", "subnet-2"]);
  });

  it("makes no security group when the user brings one", async () => {
    const { result, recording } = await runMocked(
      () => new Network("net", { ...SOURCE, ...THEIRS, securityGroupIds: ["sg-1"] }),
    );
    assert.deepEqual(recording.ofType(GROUP), []);
    assert.deepEqual(recording.ofType(EGRESS), []);
    assert.deepEqual(await resolved(result.securityGroupIds), ["sg-1"]);
  });

  it("hands every transform to its child", async () => {
    const { recording } = await runMocked(
      () =>
        new Network("net", {
          ...SOURCE,
          transform: {
            vpc: { availabilityZoneNames: ["eu-central-1a", "eu-central-1b"] },
            securityGroup: { description: "ours" },
            endpointSecurityGroup: { description: "theirs" },
            endpoint: { policy: "{}" },
          },
        }),
    );
    assert.deepEqual(recording.only(VPC).inputs.availabilityZoneNames, ["eu-central-1a", "eu-central-1b"]);
    assert.equal(recording.only(GROUP, "net-replication").inputs.description, "ours");
    assert.equal(recording.only(GROUP, "net-endpoints").inputs.description, "theirs");
    assert.ok(recording.ofType(ENDPOINT).every(({ inputs }) => inputs.policy === "{}"));
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new Network("net", {
          sourcePort: 70_000,
          usesSecret: false,
          subnetIds: ["subnet-1"],
          cidrBlock: "10.0.0.0/28",
          sourceCidrBlocks: ["0.0.0.0/0", "300.1.1.1/8"],
        }),
    );
    assert.equal(
      error.message,
      [
        'network "net" has 5 faults:',
        "  subnetIds: is given without vpcId; give both, or neither for a new VPC",
        '  cidrBlock: "10.0.0.0/28" is no IPv4 range with a prefix of 16 to 24 bits, such as "10.0.0.0/24"',
        '  sourceCidrBlocks[0]: "0.0.0.0/0" is no IPv4 range with a prefix of 1 to 32 bits, such as "10.0.0.0/32"',
        '  sourceCidrBlocks[1]: "300.1.1.1/8" is no IPv4 range with a prefix of 1 to 32 bits, such as "10.0.0.0/32"',
        "  sourcePort: 70000 is not allowed; give a whole number of a TCP port from 1 to 65535",
      ].join("\n"),
    );
    assert.deepEqual(recording.resources, []);
  });

  it("wants two subnets of a VPC that the user brings", async () => {
    const { error } = await failMocked(
      () =>
        new Network("net", { ...SOURCE, vpcId: "vpc-1", subnetIds: ["subnet-1"], cidrBlock: "10.0.0.0/16" }),
    );
    assert.match(error.message, /cidrBlock: is given with vpcId/);
    assert.match(error.message, /subnetIds: needs two subnets or more/);
  });
});
