import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsContext } from "../../awsContext";
import { checkGiven, checkMatch, checkOneOf } from "../../checks";
import { Component, type ComponentArgs, type Transform } from "../../component";
import { Faults } from "../../faults";

/** Where the warehouse is. */
export interface WarehouseNetworkOptions {
  /** The VPC, of those who read the warehouse: the pipeline's own has a way to the source alone. */
  vpcId: pulumi.Input<string>;
  /** Subnets of it: three or more in as many availability zones for a serverless one, any for a cluster. */
  subnetIds: pulumi.Input<string>[];
  /**
   * The security groups of those who connect to the warehouse, on port 5439. Default: nobody. Query
   * Editor v2 and the Data API need no way in.
   */
  clientSecurityGroupIds?: pulumi.Input<string>[];
  /**
   * The warehouse's security groups. Default: one is made that reaches Kinesis and lets in the clients. Not with
   * `clientSecurityGroupIds`.
   */
  securityGroupIds?: pulumi.Input<string>[];
  /**
   * How the warehouse reaches Kinesis, all of whose traffic goes through the VPC: `create` makes an interface endpoint;
   * `existing` takes the VPC's own, or another private way there. A VPC has room for one that answers under Kinesis's
   * own name. Default: `create`.
   */
  kinesisEndpoint?: "create" | "existing";
}

/** What the component takes. */
interface WarehouseNetworkArgs extends ComponentArgs, WarehouseNetworkOptions {
  transform?: {
    securityGroup?: Transform<aws.ec2.SecurityGroupArgs> | undefined;
    endpoint?: Transform<aws.ec2.VpcEndpointArgs> | undefined;
  };
}

/** The way from the warehouse to Kinesis, and nothing else. */
export class WarehouseNetwork extends Component {
  /** The security groups of the warehouse. */
  readonly securityGroupIds: pulumi.Output<string[]>;

  private readonly securityGroup: aws.ec2.SecurityGroup | undefined;
  private readonly endpoint: aws.ec2.VpcEndpoint | undefined;

  constructor(name: string, args: WarehouseNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("WarehouseNetwork", name, {}, args.tags, opts);

    this.securityGroup =
      args.securityGroupIds === undefined
        ? this.createGroup(name, args, "rowstream: the warehouse", args.transform?.securityGroup)
        : undefined;
    this.securityGroupIds = this.securityGroup
      ? pulumi.output([this.securityGroup.id])
      : pulumi.output(args.securityGroupIds ?? []);

    if (this.securityGroup) this.letIn(name, args.clientSecurityGroupIds ?? [], this.securityGroup);
    if (args.kinesisEndpoint === "existing") {
      if (this.securityGroup) this.reachVpc(name, args, this.securityGroup);
    } else {
      const group = this.createGroup(`${name}-endpoint`, args, "rowstream: the warehouse's way to Kinesis");
      this.endpoint = this.createEndpoint(name, args, group);
      this.reachEndpoint(name, args, group);
    }
    this.registerOutputs({ securityGroupIds: this.securityGroupIds });
  }

  /** The resources underneath; those that the user brought are absent. */
  get nodes() {
    return { securityGroup: this.securityGroup, endpoint: this.endpoint };
  }

  private createGroup(
    name: string,
    { vpcId }: WarehouseNetworkArgs,
    description: string,
    transform?: Transform<aws.ec2.SecurityGroupArgs>,
  ): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
      ...this.tagged<aws.ec2.SecurityGroupArgs>(name, { vpcId, description }, transform),
    );
  }

  private createEndpoint(
    name: string,
    args: WarehouseNetworkArgs,
    group: aws.ec2.SecurityGroup,
  ): aws.ec2.VpcEndpoint {
    const { region } = awsContext(this);
    return new aws.ec2.VpcEndpoint(
      ...this.tagged<aws.ec2.VpcEndpointArgs>(
        `${name}-kinesis`,
        {
          vpcId: args.vpcId,
          serviceName: pulumi.interpolate`com.amazonaws.${region}.kinesis-streams`,
          vpcEndpointType: "Interface",
          subnetIds: args.subnetIds,
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
        },
        args.transform?.endpoint,
      ),
    );
  }

  private letIn(name: string, clients: pulumi.Input<string>[], group: aws.ec2.SecurityGroup): void {
    clients.forEach((id, index) => {
      this.ingress(`${name}-from-client-${index}`, "a client", group.id, id, PORT);
    });
  }

  /** From each of the warehouse's groups into the endpoint, and out of the one that was made. */
  private reachEndpoint(name: string, args: WarehouseNetworkArgs, endpoint: aws.ec2.SecurityGroup): void {
    const groups = this.securityGroup ? [this.securityGroup.id] : (args.securityGroupIds ?? []);
    groups.forEach((id, index) => {
      this.ingress(`${name}-into-endpoint-${index}`, "the warehouse", endpoint.id, id, HTTPS);
    });
    if (this.securityGroup) {
      this.egress(name, this.securityGroup, { referencedSecurityGroupId: endpoint.id });
    }
  }

  private reachVpc(name: string, { vpcId }: WarehouseNetworkArgs, group: aws.ec2.SecurityGroup): void {
    this.egress(name, group, { cidrIpv4: aws.ec2.getVpcOutput({ id: vpcId }, { parent: this }).cidrBlock });
  }

  private ingress(
    name: string,
    description: string,
    securityGroupId: pulumi.Input<string>,
    referencedSecurityGroupId: pulumi.Input<string>,
    port: number,
  ): void {
    new aws.vpc.SecurityGroupIngressRule(
      ...this.tagged<aws.vpc.SecurityGroupIngressRuleArgs>(name, {
        securityGroupId,
        description,
        referencedSecurityGroupId,
        ...tcp(port),
      }),
    );
  }

  private egress(
    name: string,
    group: aws.ec2.SecurityGroup,
    to: Pick<aws.vpc.SecurityGroupEgressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId">,
  ): void {
    new aws.vpc.SecurityGroupEgressRule(
      ...this.tagged<aws.vpc.SecurityGroupEgressRuleArgs>(`${name}-to-kinesis`, {
        securityGroupId: group.id,
        description: "Kinesis",
        ...tcp(HTTPS),
        ...to,
      }),
    );
  }
}

/** The port that Redshift listens on. */
const PORT = 5439;

const HTTPS = 443;

function tcp(port: number) {
  return { ipProtocol: "tcp", fromPort: port, toPort: port };
}

/** @param minSubnets that the kind of warehouse needs */
export function checkWarehouseNetwork(args: WarehouseNetworkOptions | undefined, minSubnets: number): Faults {
  const faults = new Faults("network");
  checkGiven(faults, "vpcId", args?.vpcId, "give the VPC of those who read the warehouse");
  checkMatch(faults, "vpcId", args?.vpcId, /^vpc-[0-9a-z]+$/, 'a VPC id; give one such as "vpc-0abc"');
  if ((args?.subnetIds ?? []).length < minSubnets) {
    faults.add(
      "subnetIds",
      minSubnets === 1
        ? "is empty; give a subnet"
        : "needs three subnets or more, in as many availability zones: a serverless workgroup does",
    );
  }
  if (args?.securityGroupIds?.length === 0) {
    faults.add("securityGroupIds", "is empty; name a group, or leave it out for one that is made");
  }
  if (args?.securityGroupIds && args.clientSecurityGroupIds) {
    faults.add("clientSecurityGroupIds", "is given with securityGroupIds; let clients in by your own groups");
  }
  checkOneOf(faults, "kinesisEndpoint", args?.kinesisEndpoint, ["create", "existing"]);
  return faults;
}
