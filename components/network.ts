import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { type AwsContext, awsContext } from "./awsContext";
import { checkMatch, checkWhole, isLater, shown } from "./checks";
import { Component, type ComponentArgs, type Transform } from "./component";
import { Faults } from "./faults";

/** The private address ranges of RFC 1918: where a source database lives unless the user says otherwise. */
export const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** The services that DMS reaches through gateway endpoints, which cost nothing. */
const GATEWAY_SERVICES = ["dynamodb", "s3"] as const;

type GatewayService = (typeof GATEWAY_SERVICES)[number];

/** Where DMS runs. Every argument that users may choose; the pipeline adds the source's port. */
export interface NetworkArgs extends ComponentArgs {
  /** The VPC to use. Default: a new one. With `subnetIds` only. */
  vpcId?: pulumi.Input<string>;
  /** At least two subnets of that VPC, in two availability zones. Required with `vpcId`, not allowed without. */
  subnetIds?: pulumi.Input<string>[];
  /**
   * The security groups of the replication in a VPC of the user's own. Default: one is made that reaches the source
   * and AWS's endpoints in the VPC, and nothing else. Bring one where the VPC reaches AWS through a NAT gateway.
   */
  securityGroupIds?: pulumi.Input<string>[];
  /**
   * The route tables of the user's own subnets. With it the VPC endpoints that DMS needs are made in that VPC;
   * without it the VPC must have them, or another private way to DynamoDB, S3, CloudWatch Logs and, where the
   * source's credentials are in a secret or there is a heartbeat, Secrets Manager. Not allowed without `vpcId`.
   */
  routeTableIds?: pulumi.Input<string>[];
  /**
   * The new VPC's IPv4 range, with a prefix of 16 to 24 bits. Default: `10.0.0.0/16`. Choose one that overlaps no
   * network that it will be peered with. Not allowed with `vpcId`.
   */
  cidrBlock?: string;
  /** The IPv4 ranges in which the source may be. Default: the private ranges of RFC 1918. Never the whole internet. */
  sourceCidrBlocks?: string[];
  /** Changes to each child, by its name in `nodes`. */
  transform?: {
    vpc?: Transform<awsx.ec2.VpcArgs>;
    securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
    endpointSecurityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
    endpoint?: Transform<aws.ec2.VpcEndpointArgs>;
  };
}

/** What the network needs to know of the source. */
export interface SourceAccess {
  /** The port that the source listens on. */
  sourcePort: pulumi.Input<number>;
  /** Whether DMS or the heartbeat reads the source's credentials from Secrets Manager, and so needs a way there. */
  usesSecret: boolean;
}

/**
 * The network of the replication: subnets, security groups without a single `0.0.0.0/0`, and the VPC endpoints
 * without which DMS (serverless, and instances from engine 3.4.7 on) cannot reach its target. A new VPC has isolated
 * subnets in two availability zones, no NAT gateway and no way to the internet; the source is reached by peering, a
 * transit gateway or a VPN that the user attaches to {@link vpcId}.
 *
 * ```ts
 * const network = new Network("shop", {
 *   sourcePort: 5432,
 *   usesSecret: false,
 *   vpcId: "vpc-1",
 *   subnetIds: ["subnet-1", "subnet-2"],
 * });
 * ```
 */
export class Network extends Component {
  /** The VPC's id, the user's own or the new one's. */
  readonly vpcId: pulumi.Output<string>;
  /** The subnets in which DMS runs. */
  readonly subnetIds: pulumi.Output<string[]>;
  /** The security groups of the replication. */
  readonly securityGroupIds: pulumi.Output<string[]>;
  private readonly vpc: awsx.ec2.Vpc | undefined;
  private readonly securityGroup: aws.ec2.SecurityGroup | undefined;
  private readonly endpointSecurityGroup: aws.ec2.SecurityGroup | undefined;
  private readonly endpoints: aws.ec2.VpcEndpoint[];

  constructor(name: string, args: NetworkArgs & SourceAccess, opts?: pulumi.ComponentResourceOptions) {
    const faults = checkNetwork(args);
    faults.throwIfAny(`network "${name}"`);
    super("Network", name, { cidrBlock: args.cidrBlock }, args.tags, opts);
    const context = awsContext(this);

    this.vpc = args.vpcId === undefined ? this.createVpc(name, args) : undefined;
    this.vpcId = this.vpc ? this.vpc.vpcId : pulumi.output(args.vpcId ?? "");
    this.subnetIds = this.vpc ? this.vpc.isolatedSubnetIds : pulumi.output(args.subnetIds ?? []);

    const routeTableIds = this.vpc ? routeTablesOf(this.vpc) : args.routeTableIds;
    this.endpointSecurityGroup = routeTableIds && this.createEndpointSecurityGroup(name, args);
    const gateways = routeTableIds && this.createGateways(name, args, context, routeTableIds);
    const interfaces = this.endpointSecurityGroup && this.createInterfaces(name, args, context);
    this.endpoints = [...Object.values(gateways ?? {}), ...(interfaces ?? [])];

    this.securityGroup =
      args.securityGroupIds === undefined
        ? this.createSecurityGroup(name, args, context, gateways)
        : undefined;
    this.securityGroupIds = this.securityGroup
      ? pulumi.output([this.securityGroup.id])
      : pulumi.output(args.securityGroupIds ?? []);

    this.registerOutputs({
      vpcId: this.vpcId,
      subnetIds: this.subnetIds,
      securityGroupIds: this.securityGroupIds,
    });
  }

  /** The resources underneath; those that the user brought are absent. */
  get nodes() {
    return {
      vpc: this.vpc,
      securityGroup: this.securityGroup,
      endpointSecurityGroup: this.endpointSecurityGroup,
      endpoints: this.endpoints,
    };
  }

  private createVpc(name: string, args: NetworkArgs): awsx.ec2.Vpc {
    const vpcArgs: awsx.ec2.VpcArgs = {
      cidrBlock: args.cidrBlock ?? "10.0.0.0/16",
      // A replication subnet group needs two zones; more would only add interface endpoints to pay for.
      numberOfAvailabilityZones: 2,
      subnetStrategy: "Auto",
      subnetSpecs: [{ type: "Isolated" }],
      natGateways: { strategy: "None" },
      // Interface endpoints answer under the services' own names only where the VPC resolves names.
      enableDnsSupport: true,
      enableDnsHostnames: true,
    };
    return new awsx.ec2.Vpc(...this.tagged(name, vpcArgs, args.transform?.vpc));
  }

  private createGateways(
    name: string,
    args: NetworkArgs,
    { region }: AwsContext,
    routeTableIds: pulumi.Input<pulumi.Input<string>[]>,
  ): Record<GatewayService, aws.ec2.VpcEndpoint> {
    const gateway = (service: GatewayService) =>
      new aws.ec2.VpcEndpoint(
        ...this.tagged<aws.ec2.VpcEndpointArgs>(
          `${name}-${service}`,
          {
            vpcId: this.vpcId,
            serviceName: pulumi.interpolate`com.amazonaws.${region}.${service}`,
            vpcEndpointType: "Gateway",
            routeTableIds,
          },
          args.transform?.endpoint,
        ),
      );
    return { dynamodb: gateway("dynamodb"), s3: gateway("s3") };
  }

  /** Interface endpoints are paid by the hour and zone: only those that this replication uses. */
  private createInterfaces(
    name: string,
    args: NetworkArgs & SourceAccess,
    { region }: AwsContext,
  ): aws.ec2.VpcEndpoint[] {
    const services = args.usesSecret ? ["logs", "secretsmanager"] : ["logs"];
    return services.map(
      (service) =>
        new aws.ec2.VpcEndpoint(
          ...this.tagged<aws.ec2.VpcEndpointArgs>(
            `${name}-${service}`,
            {
              vpcId: this.vpcId,
              serviceName: pulumi.interpolate`com.amazonaws.${region}.${service}`,
              vpcEndpointType: "Interface",
              subnetIds: this.subnetIds,
              securityGroupIds: this.endpointSecurityGroup ? [this.endpointSecurityGroup.id] : [],
              privateDnsEnabled: true,
            },
            args.transform?.endpoint,
          ),
        ),
    );
  }

  private createEndpointSecurityGroup(name: string, args: NetworkArgs): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
      ...this.tagged<aws.ec2.SecurityGroupArgs>(
        `${name}-endpoints`,
        { vpcId: this.vpcId, description: "rowstream: the interface endpoints that DMS uses" },
        args.transform?.endpointSecurityGroup,
      ),
    );
  }

  /** A group that reaches the source's port in its ranges and AWS's endpoints, and that nothing may reach. */
  private createSecurityGroup(
    name: string,
    args: NetworkArgs & SourceAccess,
    context: AwsContext,
    gateways: Record<GatewayService, aws.ec2.VpcEndpoint> | undefined,
  ): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
      ...this.tagged<aws.ec2.SecurityGroupArgs>(
        `${name}-replication`,
        { vpcId: this.vpcId, description: "rowstream: the DMS replication" },
        args.transform?.securityGroup,
      ),
    );
    (args.sourceCidrBlocks ?? PRIVATE_RANGES).forEach((cidrIpv4, index) => {
      this.egress(group, `${name}-to-source-${index}`, "the source database", args.sourcePort, { cidrIpv4 });
    });
    for (const service of GATEWAY_SERVICES) {
      const prefixListId = gateways
        ? gateways[service].prefixListId
        : aws.ec2.getPrefixListOutput(
            { name: pulumi.interpolate`com.amazonaws.${context.region}.${service}` },
            { parent: this },
          ).id;
      this.egress(group, `${name}-to-${service}`, service, 443, { prefixListId });
    }
    if (this.endpointSecurityGroup) {
      const endpoints = this.endpointSecurityGroup;
      this.egress(group, `${name}-to-endpoints`, "interface endpoints", 443, {
        referencedSecurityGroupId: endpoints.id,
      });
      this.ingress(endpoints, `${name}-from-replication`, "the DMS replication", 443, group.id);
    } else {
      const cidrIpv4 = aws.ec2.getVpcOutput({ id: this.vpcId }, { parent: this }).cidrBlock;
      this.egress(group, `${name}-to-vpc`, "interface endpoints in the VPC", 443, { cidrIpv4 });
    }
    return group;
  }

  private egress(
    group: aws.ec2.SecurityGroup,
    name: string,
    description: string,
    port: pulumi.Input<number>,
    to: Pick<aws.vpc.SecurityGroupEgressRuleArgs, "cidrIpv4" | "prefixListId" | "referencedSecurityGroupId">,
  ): void {
    new aws.vpc.SecurityGroupEgressRule(
      ...this.tagged<aws.vpc.SecurityGroupEgressRuleArgs>(name, {
        securityGroupId: group.id,
        description,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        ...to,
      }),
    );
  }

  private ingress(
    group: aws.ec2.SecurityGroup,
    name: string,
    description: string,
    port: number,
    referencedSecurityGroupId: pulumi.Input<string>,
  ): void {
    new aws.vpc.SecurityGroupIngressRule(
      ...this.tagged<aws.vpc.SecurityGroupIngressRuleArgs>(name, {
        securityGroupId: group.id,
        description,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId,
      }),
    );
  }
}

/** Checks the network's arguments. */
export function checkNetwork(args: NetworkArgs & SourceAccess, prefix = ""): Faults {
  const faults = new Faults(prefix);
  checkMatch(faults, "vpcId", args.vpcId, /^vpc-[0-9a-z]+$/, 'a VPC id; give one such as "vpc-0abc"');
  if (args.vpcId === undefined) {
    for (const key of ["subnetIds", "securityGroupIds", "routeTableIds"] as const) {
      if (args[key] !== undefined)
        faults.add(key, "is given without vpcId; give both, or neither for a new VPC");
    }
  } else {
    if (args.cidrBlock !== undefined)
      faults.add("cidrBlock", "is given with vpcId; it is the range of a new VPC only");
    if ((args.subnetIds ?? []).length < 2) {
      faults.add(
        "subnetIds",
        "needs two subnets or more, in two availability zones: a DMS subnet group does",
      );
    }
  }
  checkCidr(faults, "cidrBlock", args.cidrBlock, 16, 24);
  (args.sourceCidrBlocks ?? []).forEach((block, index) => {
    checkCidr(faults, `sourceCidrBlocks[${index}]`, block, 1, 32);
  });
  if (args.sourceCidrBlocks?.length === 0)
    faults.add("sourceCidrBlocks", "is empty; give a range that holds the source");
  checkWhole(faults, "sourcePort", args.sourcePort, { min: 1, max: 65535, unit: "a TCP port" });
  return faults;
}

function checkCidr(faults: Faults, path: string, value: unknown, least: number, most: number): void {
  if (value === undefined || isLater(value)) return;
  const [, address = "", bits = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(String(value)) ?? [];
  const valid = address !== "" && address.split(".").every((byte) => Number(byte) <= 255);
  if (!valid || Number(bits) < least || Number(bits) > most) {
    faults.add(
      path,
      `${shown(value)} is no IPv4 range with a prefix of ${least} to ${most} bits, such as "10.0.0.0/${most}"`,
    );
  }
}

function routeTablesOf(vpc: awsx.ec2.Vpc): pulumi.Output<string[]> {
  return vpc.routeTables.apply((tables) => pulumi.all(tables.map((table) => table.id)));
}
