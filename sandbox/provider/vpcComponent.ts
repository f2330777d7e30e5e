import { type Child, type ComponentRegistration, reference } from "./componentRegistration";
import { isObject, isSecret, type Properties, UNKNOWN } from "./properties";
import { type SubnetSpec, subnetLayout } from "./subnetLayout";
import { zonesOf } from "./zones";

const DEFAULT_CIDR_BLOCK = "10.0.0.0/16";
const DEFAULT_ZONES = 3;

/** Inputs that concern the VPC alone and are its own, under the same names. */
const VPC_INPUTS = [
  "enableDnsHostnames",
  "enableDnsSupport",
  "enableNetworkAddressUsageMetrics",
  "instanceTenancy",
];

/** The other inputs that the stand-in acts upon. */
const OTHER_INPUTS = [
  "availabilityZoneNames",
  "cidrBlock",
  "natGateways",
  "numberOfAvailabilityZones",
  "subnetSpecs",
  "subnetStrategy",
  "tags",
];

/**
 * awsx.ec2.Vpc: a VPC with subnets that have no way out, a route table each. Public subnets and NAT gateways, which
 * lead somewhere in AWS only, are refused by name.
 * @returns its outputs, and for each the resources that it depends on
 */
export async function buildVpc(
  registration: ComponentRegistration,
  name: string,
  inputs: Properties,
  region: string,
): Promise<{ outputs: Properties; dependencies: Record<string, string[]> }> {
  const specs = checkVpc(inputs);
  const zones = zonesFor(inputs, region);
  const cidrBlock = String(inputs.cidrBlock ?? DEFAULT_CIDR_BLOCK);
  const vpc = await registration.child("aws:ec2/vpc:Vpc", name, registration, {
    ...Object.fromEntries(VPC_INPUTS.map((input) => [input, inputs[input]])),
    cidrBlock,
    tags: tagged(inputs.tags, { Name: name }),
  });
  const made = await Promise.all(
    subnetLayout(name, cidrBlock, zones, specs).map(async ({ name: own, spec, zone, cidrBlock: range }) => {
      const tags = tagged(inputs.tags, { Name: own, ...(isObject(spec.tags) ? spec.tags : {}) });
      const subnet = await registration.child("aws:ec2/subnet:Subnet", own, vpc, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: range,
        mapPublicIpOnLaunch: false,
        tags,
      });
      const table = await registration.child("aws:ec2/routeTable:RouteTable", own, subnet, {
        vpcId: vpc.id,
        tags,
      });
      const type = "aws:ec2/routeTableAssociation:RouteTableAssociation";
      const association = await registration.child(type, own, table, {
        routeTableId: table.id,
        subnetId: subnet.id,
      });
      return { type: spec.type, subnet, table, association };
    }),
  );
  const subnetsOf = (type: string) => made.filter((one) => one.type === type).map(({ subnet }) => subnet);
  return outputsOf({
    vpc,
    subnets: made.map(({ subnet }) => subnet),
    isolated: subnetsOf("Isolated"),
    private: subnetsOf("Private"),
    tables: made.map(({ table }) => table),
    associations: made.map(({ association }) => association),
    layout: specs,
  });
}

function checkVpc(inputs: Properties): SubnetSpec[] {
  const supported = [...VPC_INPUTS, ...OTHER_INPUTS];
  const faults = Object.keys(inputs)
    .filter((input) => !supported.includes(input))
    .map((input) => `${input} has no stand-in; the sandbox knows ${supported.join(", ")}`);
  const specs = inputs.subnetSpecs as SubnetSpec[] | undefined;
  const types = specs?.map(({ type }) => String(type)) ?? ["Public", "Private"];
  if (types.some((type) => type !== "Isolated" && type !== "Private")) {
    faults.push(
      `subnetSpecs asks for ${types.join(", ")}; the sandbox has Isolated and Private subnets only`,
    );
  }
  if (
    types.includes("Private") &&
    !(isObject(inputs.natGateways) && inputs.natGateways.strategy === "None")
  ) {
    faults.push('natGateways.strategy must be "None"; the sandbox has no way to the internet');
  }
  if (inputs.subnetStrategy !== undefined && inputs.subnetStrategy !== "Auto") {
    faults.push(`subnetStrategy is "${inputs.subnetStrategy}"; the sandbox lays out by "Auto" only`);
  }
  if (faults.length > 0) {
    throw new Error(faults.join("; "));
  }
  return specs ?? [];
}

function zonesFor(inputs: Properties, region: string): string[] {
  if (Array.isArray(inputs.availabilityZoneNames)) {
    return inputs.availabilityZoneNames as string[];
  }
  const count = Number(inputs.numberOfAvailabilityZones ?? DEFAULT_ZONES);
  const zones = zonesOf(region);
  if (!Number.isInteger(count) || count < 1 || count > zones.length) {
    throw new Error(`numberOfAvailabilityZones is ${count}; ${region} has 1 to ${zones.length} here`);
  }
  return zones.slice(0, count);
}

/** The tags with a name and others added; secret where they are, unknown where they are. */
function tagged(tags: unknown, added: Properties): unknown {
  if (isSecret(tags)) {
    return { ...tags, value: tagged(tags.value, added) };
  }
  return tags === UNKNOWN ? UNKNOWN : { ...added, ...(isObject(tags) ? tags : {}) };
}

function outputsOf(parts: {
  vpc: Child;
  subnets: Child[];
  isolated: Child[];
  private: Child[];
  tables: Child[];
  associations: Child[];
  layout: SubnetSpec[];
}) {
  const lists = {
    subnets: parts.subnets,
    isolatedSubnets: parts.isolated,
    privateSubnets: parts.private,
    publicSubnets: [],
    routeTables: parts.tables,
    routeTableAssociations: parts.associations,
    routes: [],
    eips: [],
    natGateways: [],
    vpcEndpoints: [],
  } satisfies Record<string, Child[]>;
  const ids = { isolatedSubnetIds: parts.isolated, privateSubnetIds: parts.private, publicSubnetIds: [] };
  const urns = (children: Child[]) => children.map(({ urn }) => urn);
  return {
    outputs: {
      vpc: reference(parts.vpc),
      vpcId: parts.vpc.id,
      subnetLayout: parts.layout,
      ...mapped(lists, (children) => children.map(reference)),
      ...mapped(ids, (children) => children.map(({ id }) => id)),
    },
    dependencies: {
      vpc: [parts.vpc.urn],
      vpcId: [parts.vpc.urn],
      ...mapped({ ...lists, ...ids }, urns),
    },
  };
}

function mapped<T>(lists: Record<string, Child[]>, map: (children: Child[]) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(lists).map(([name, children]) => [name, map(children)]));
}
