import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkWhole } from "../../checks";
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

/** The size of a serverless warehouse. */
export interface ServerlessWarehouseOptions {
  /** What it has at least while it runs, in RPU, 4 to 1024. Default: 8. */
  baseRpu?: number;
  /** What it may grow to, in RPU, from `baseRpu` on: the ceiling of what an hour can cost. Default: 4 times `baseRpu`. */
  maxRpu?: number;
}

const DEFAULT_BASE_RPU = 8;

const MAX_RPU = 5632;

interface ServerlessArgs extends WarehouseServerArgs {
  size: ServerlessWarehouseOptions;
  transform?: {
    namespace?: Transform<aws.redshiftserverless.NamespaceArgs> | undefined;
    workgroup?: Transform<aws.redshiftserverless.WorkgroupArgs> | undefined;
  };
}

/**
 * A namespace, which holds the data, and a workgroup, which computes. The namespace can outlive the stack: without a
 * workgroup it costs its storage alone.
 */
export class ServerlessWarehouse extends Component {
  /** Where statements run. */
  readonly target: StatementTarget;
  /** The host name that clients connect to. */
  readonly address: pulumi.Output<string>;
  /** The ARN of the administrator's secret. */
  readonly secretArn: pulumi.Output<string>;

  private readonly namespace: aws.redshiftserverless.Namespace;
  private readonly workgroup: aws.redshiftserverless.Workgroup;

  constructor(name: string, args: ServerlessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ServerlessWarehouse", name, { ...args.size }, args.tags, opts);
    const physicalName = dmsIdentifier(`${name}-${pulumi.getStack()}`);

    const namespaceArgs: aws.redshiftserverless.NamespaceArgs = {
      namespaceName: physicalName,
      dbName: DATABASE,
      adminUsername: ADMINISTRATOR,
      manageAdminPassword: true,
      adminPasswordSecretKmsKeyId: args.kmsKeyArn,
      kmsKeyId: args.kmsKeyArn,
      iamRoles: [args.roleArn],
      logExports: LOG_EXPORTS,
    };
    this.namespace = new aws.redshiftserverless.Namespace(
      ...this.tagged(name, namespaceArgs, args.transform?.namespace, { retainOnDelete: args.retain }),
    );
    const { baseRpu = DEFAULT_BASE_RPU, maxRpu = 4 * baseRpu } = args.size;
    const workgroupArgs: aws.redshiftserverless.WorkgroupArgs = {
      workgroupName: physicalName,
      namespaceName: this.namespace.namespaceName,
      baseCapacity: baseRpu,
      maxCapacity: maxRpu,
      subnetIds: args.subnetIds,
      securityGroupIds: args.securityGroupIds,
      publiclyAccessible: false,
      enhancedVpcRouting: true,
      configParameters: Object.entries(SETTINGS).map(([parameterKey, parameterValue]) => ({
        parameterKey,
        parameterValue,
      })),
    };
    this.workgroup = new aws.redshiftserverless.Workgroup(
      ...this.tagged(name, workgroupArgs, args.transform?.workgroup),
    );

    this.secretArn = this.namespace.adminPasswordSecretArn;
    this.target = { workgroupName: this.workgroup.workgroupName, secretArn: this.secretArn };
    this.address = this.workgroup.endpoints.apply((endpoints) => endpoints[0]?.address ?? "");
    this.registerOutputs({ address: this.address, secretArn: this.secretArn });
  }

  /** The resources underneath. */
  get nodes() {
    return { namespace: this.namespace, workgroup: this.workgroup };
  }
}

/** Checks the size. */
export function checkServerless(faults: Faults, { baseRpu, maxRpu }: ServerlessWarehouseOptions): void {
  checkWhole(faults, "serverless.baseRpu", baseRpu, { min: 4, max: 1024, unit: "RPU" });
  checkWhole(faults, "serverless.maxRpu", maxRpu, {
    min: baseRpu ?? DEFAULT_BASE_RPU,
    max: MAX_RPU,
    unit: "RPU",
  });
}
