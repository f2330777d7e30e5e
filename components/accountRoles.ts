import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { awsContext } from "./awsContext";
import { Component, type ComponentArgs } from "./component";
import { trustPolicy } from "./policyDocument";

/** The roles that DMS looks up by name, and AWS's managed policy for each. */
const ROLES = {
  "dms-vpc-role": "AmazonDMSVPCManagementRole",
  "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
} as const;

/**
 * The two roles with fixed names that DMS needs once in an account (AWS DMS user guide, security-iam). They are kept
 * when the stack is destroyed: every other replication of the account uses the same ones.
 */
export class AccountRoles extends Component {
  private readonly roles: Record<keyof typeof ROLES, aws.iam.Role>;

  constructor(name: string, args: ComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("AccountRoles", name, {}, args.tags, opts);
    const { accountId, partition } = awsContext(this);
    const role = (roleName: keyof typeof ROLES): aws.iam.Role => {
      const created = new aws.iam.Role(
        ...this.tagged<aws.iam.RoleArgs>(
          `${name}-${roleName}`,
          {
            name: roleName,
            description: "DMS: needed once in an account, shared by every replication",
            assumeRolePolicy: accountId.apply((account) => trustPolicy("dms.amazonaws.com", account)),
          },
          undefined,
          { retainOnDelete: true },
        ),
      );
      new aws.iam.RolePolicyAttachment(
        ...this.child<aws.iam.RolePolicyAttachmentArgs>(
          `${name}-${roleName}`,
          {
            role: created.name,
            policyArn: partition.apply((p) => `arn:${p}:iam::aws:policy/service-role/${ROLES[roleName]}`),
          },
          undefined,
          { retainOnDelete: true },
        ),
      );
      return created;
    };
    this.roles = {
      "dms-vpc-role": role("dms-vpc-role"),
      "dms-cloudwatch-logs-role": role("dms-cloudwatch-logs-role"),
    };
    this.registerOutputs({});
  }

  /** The two roles, by name. */
  get nodes() {
    return this.roles;
  }
}
