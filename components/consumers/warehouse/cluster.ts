import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkMatch, checkWhole } from "../../checks";
import { Component, type Transform } from "../../component";
import type { Faults } from "../../faults";
import { dmsIdentifier } from "../../naming";
import { DATABASE } from "./sql";
import {
  ADMINISTRATOR,
  LOG_EXPORTS,
  SETTINGS,
  type StatementTarget,
  type WarehouseServerArgs,
} from "./warehouseServer";

/** The size of a warehouse of nodes. */
export interface ClusterWarehouseOptions {
  /** The type of its nodes, of the RA3 family. Default: `ra3.large`. */
  nodeType?: string;
  /** How many, 1 to 128. Default: 2. */
  nodes?: number;
}

const DEFAULT_NODE_TYPE = "ra3.large";
const DEFAULT_NODES = 2;

/** How long Redshift keeps the snapshots that it takes by itself, in days. */
const SNAPSHOT_DAYS = 7;

interface ClusterArgs extends WarehouseServerArgs {
  size: ClusterWarehouseOptions;
  transform?: {
    cluster?: Transform<aws.redshift.ClusterArgs> | undefined;
    parameterGroup?: Transform<aws.redshift.ParameterGroupArgs> | undefined;
    subnetGroup?: Transform<aws.redshift.SubnetGroupArgs> | undefined;
  };
}

/** A provisioned cluster: for a steady load, which a serverless workgroup would be paid for at every hour. */
export class ClusterWarehouse extends Component {
  /** Where statements run. */
  readonly target: StatementTarget;
  /** The host name that clients connect to. */
  readonly address: pulumi.Output<string>;
  /** The ARN of the administrator's secret. */
  readonly secretArn: pulumi.Output<string>;

  private readonly subnetGroup: aws.redshift.SubnetGroup;
  private readonly parameterGroup: aws.redshift.ParameterGroup;
  private readonly cluster: aws.redshift.Cluster;
  private readonly logging: aws.redshift.Logging;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ClusterWarehouse", name, { ...args.size }, args.tags, opts);
    this.subnetGroup = new aws.redshift.SubnetGroup(
      ...this.tagged<aws.redshift.SubnetGroupArgs>(
        name,
        { description: `rowstream: the warehouse ${name}`, subnetIds: args.subnetIds },
        args.transform?.subnetGroup,
      ),
    );
    this.parameterGroup = new aws.redshift.ParameterGroup(
      ...this.tagged<aws.redshift.ParameterGroupArgs>(
        name,
        {
          description: `rowstream: the warehouse ${name}`,
          family: "redshift-1.0",
          parameters: Object.entries(SETTINGS).map(([key, value]) => ({ name: key, value })),
        },
        args.transform?.parameterGroup,
      ),
    );
    this.cluster = this.createCluster(name, args);
    this.logging = new aws.redshift.Logging(
      ...this.child<aws.redshift.LoggingArgs>(name, {
        clusterIdentifier: this.cluster.clusterIdentifier,
        logDestinationType: "cloudwatch",
        logExports: LOG_EXPORTS,
      }),
    );

    this.secretArn = this.cluster.masterPasswordSecretArn;
    this.target = { clusterIdentifier: this.cluster.clusterIdentifier, secretArn: this.secretArn };
    this.address = this.cluster.dnsName;
    this.registerOutputs({ address: this.address, secretArn: this.secretArn });
  }

  /** The resources underneath. */
  get nodes() {
    return {
      cluster: this.cluster,
      subnetGroup: this.subnetGroup,
      parameterGroup: this.parameterGroup,
      logging: this.logging,
    };
  }

  private createCluster(name: string, args: ClusterArgs): aws.redshift.Cluster {
    const clusterIdentifier = dmsIdentifier(`${name}-${pulumi.getStack()}`);
    const { nodeType = DEFAULT_NODE_TYPE, nodes = DEFAULT_NODES } = args.size;
    const clusterArgs: aws.redshift.ClusterArgs = {
      clusterIdentifier,
      databaseName: DATABASE,
      nodeType,
      clusterType: nodes === 1 ? "single-node" : "multi-node",
      numberOfNodes: nodes,
      masterUsername: ADMINISTRATOR,
      manageMasterPassword: true,
      masterPasswordSecretKmsKeyId: args.kmsKeyArn,
      encrypted: "true",
      kmsKeyId: args.kmsKeyArn,
      iamRoles: [args.roleArn],
      clusterParameterGroupName: this.parameterGroup.name,
      clusterSubnetGroupName: this.subnetGroup.name,
      vpcSecurityGroupIds: args.securityGroupIds,
      publiclyAccessible: false,
      enhancedVpcRouting: true,
      automatedSnapshotRetentionPeriod: SNAPSHOT_DAYS,
      allowVersionUpgrade: true,
      ...(args.retain
        ? { skipFinalSnapshot: false, finalSnapshotIdentifier: `${clusterIdentifier}-final` }
        : { skipFinalSnapshot: true }),
    };
    return new aws.redshift.Cluster(...this.tagged(name, clusterArgs, args.transform?.cluster));
  }
}

/** Checks the size. */
export function checkCluster(faults: Faults, { nodeType, nodes }: ClusterWarehouseOptions): void {
  checkMatch(
    faults,
    "cluster.nodeType",
    nodeType,
    /^ra3\.\w+$/,
    'a type of the RA3 family; give one such as "ra3.large"',
  );
  checkWhole(faults, "cluster.nodes", nodes, { min: 1, max: 128, unit: "nodes" });
}
