import {
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsCommandOutput,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  type IAMClient,
  type RoleDetail,
} from "@aws-sdk/client-iam";
import type { Decision } from "./authorizer";
import { FreshCache } from "./freshCache";
import { log } from "./log";
import { MANAGED_POLICIES } from "./managedPolicies";

/** A policy by the name that a report shows, and its parsed document. */
export interface NamedPolicy {
  name: string;
  policy: object;
}

/** What a role may do and who may assume it, as IAM has it. */
export interface Role {
  arn: string;
  /** The trust policy. */
  trust: object;
  /** The inline and the attached policies. */
  policies: NamedPolicy[];
  /** The permissions boundary, where there is one. */
  boundary: NamedPolicy | undefined;
  /** Decisions that hold as long as these policies do. */
  decisions: Map<string, Promise<Decision>>;
}

const AWS_MANAGED = "arn:aws:iam::aws:policy/";

/** Reads roles of MiniStack's IAM. */
export class Roles {
  private readonly details = new FreshCache(() => this.readDetails());
  private readonly roles = new FreshCache((name) => this.readRole(name));
  /** What was read last, by name: while IAM says the same, the decisions made of it are kept. */
  private readonly last = new Map<string, { text: string; role: Role }>();
  private readonly managed = new Map<string, Promise<object | undefined>>();

  /** @param onRole told of each role that is read, and again when it has changed */
  constructor(
    private readonly client: IAMClient,
    private readonly onRole: (name: string, role: Role) => void,
  ) {}

  /** A role by its name; undefined where there is none. */
  find(name: string): Promise<Role | undefined> {
    return this.roles.get(name);
  }

  private async readDetails(): Promise<GetAccountAuthorizationDetailsCommandOutput> {
    const Filter = ["Role", "LocalManagedPolicy"] as ("Role" | "LocalManagedPolicy")[];
    return this.client.send(new GetAccountAuthorizationDetailsCommand({ Filter }));
  }

  private async readRole(name: string): Promise<Role | undefined> {
    const details = await this.details.get("");
    const detail = details.RoleDetailList?.find(({ RoleName }) => RoleName === name);
    if (detail === undefined) {
      this.last.delete(name);
      return undefined;
    }
    // MiniStack leaves the boundary out of the details.
    const { Role: found } = await this.client.send(new GetRoleCommand({ RoleName: name }));
    const boundaryArn = found?.PermissionsBoundary?.PermissionsBoundaryArn;
    const role: Role = {
      arn: detail.Arn ?? "",
      trust: parse(detail.AssumeRolePolicyDocument),
      policies: [...inline(detail), ...(await this.attached(detail, details))],
      boundary:
        boundaryArn === undefined
          ? undefined
          : { name: boundaryArn, policy: await this.document(boundaryArn, details) },
      decisions: new Map(),
    };
    const text = JSON.stringify({ ...role, decisions: undefined });
    const last = this.last.get(name);
    if (last?.text === text) {
      return last.role;
    }
    this.last.set(name, { text, role });
    this.onRole(name, role);
    return role;
  }

  private attached(
    detail: RoleDetail,
    details: GetAccountAuthorizationDetailsCommandOutput,
  ): Promise<NamedPolicy[]> {
    return Promise.all(
      (detail.AttachedManagedPolicies ?? []).map(async ({ PolicyArn = "" }) => ({
        name: PolicyArn.split("/").pop() ?? PolicyArn,
        policy: await this.document(PolicyArn, details),
      })),
    );
  }

  private async document(
    arn: string,
    { Policies }: GetAccountAuthorizationDetailsCommandOutput,
  ): Promise<object> {
    const own = Policies?.find(({ Arn }) => Arn === arn);
    if (own !== undefined) {
      return parse(own.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document);
    }
    let document = this.managed.get(arn);
    if (document === undefined && arn.startsWith(AWS_MANAGED)) {
      document = this.readManaged(arn);
      this.managed.set(arn, document);
      document.catch(() => this.managed.delete(arn));
    }
    return (await document) ?? { Version: "2012-10-17", Statement: [] };
  }

  /** One of AWS's own policies; they do not change here. */
  private async readManaged(PolicyArn: string): Promise<object | undefined> {
    if (MANAGED_POLICIES[PolicyArn] !== undefined) {
      return MANAGED_POLICIES[PolicyArn];
    }
    try {
      const { Policy } = await this.client.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await this.client.send(
        new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
      );
      return parse(PolicyVersion?.Document);
    } catch (error) {
      if (!(error as Error).name.startsWith("NoSuchEntity")) {
        throw error;
      }
      log("warn", `${PolicyArn} is not known and grants nothing; add its document to managedPolicies.ts`);
      return undefined;
    }
  }
}

function inline({ RolePolicyList = [] }: RoleDetail): NamedPolicy[] {
  return RolePolicyList.map(({ PolicyName = "", PolicyDocument }) => ({
    name: PolicyName,
    policy: parse(PolicyDocument),
  }));
}

/** IAM gives documents percent-encoded. */
function parse(document: string | undefined): object {
  return JSON.parse(decodeURIComponent(document ?? "{}")) as object;
}
