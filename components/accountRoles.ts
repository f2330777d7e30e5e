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
 * What is never changed of a role that exists. It may be somebody else's: two stacks must not take turns in describing
 * it, and none may detach what another attached.
 */
const LEFT_ALONE = [
  "assumeRolePolicy",
  "description",
  "forceDetachPolicies",
  "inlinePolicies",
  "managedPolicyArns",
  "maxSessionDuration",
  "path",
  "permissionsBoundary",
  "tags",
];

/** The account-wide roles. */
export interface AccountRolesArgs extends ComponentArgs {
  /** The names of those that exist in the account, see {@link existingAccountRoles}. Default: none. */
  existing?: readonly string[];
}

/**
 * Asks which of the two roles the account has. It must be known before the roles are registered, because a resource
 * option cannot wait, so it is asked by the program and not by the component.
 */
export async function existingAccountRoles(opts?: pulumi.InvokeOptions): Promise<string[]> {
  const nameRegex = `^(${Object.keys(ROLES).join("|")})$`;
  return (await aws.iam.getRoles({ nameRegex }, opts)).names;
}

/**
 * The two roles with fixed names that DMS needs once in an account (AWS DMS user guide, security-iam): created where
 * they are missing, adopted and left as they are where they exist. They are kept when the stack is destroyed. Every
 * replication of the account uses the same ones, and a second stack, or this one's next life, finds them there.
 */
export class AccountRoles extends Component {
  private readonly roles: Record<keyof typeof ROLES, aws.iam.Role>;

  constructor(name: string, args: AccountRolesArgs, opts?: pulumi.ComponentResourceOptions) {
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
          {
            retainOnDelete: true,
            // Adopting a role that is already in this stack's state does nothing.
            import: args.existing?.includes(roleName) ? roleName : undefined,
            ignoreChanges: LEFT_ALONE,
          },
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
