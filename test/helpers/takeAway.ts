import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { MANAGED_POLICIES } from "../../sandbox/iam/managedPolicies";

/** An action of a statement. */
export interface TakenAction {
  /** The statement's Sid. */
  statement: string;
  action: string;
}

interface Document {
  Statement: { Sid: string; Action: string | string[] }[];
}

const INSTEAD = "instead-of-the-managed-one";

/** The name of the role that begins with this and goes on, if it does, with what Pulumi made up. */
export async function roleNamed(iam: IAMClient, name: string): Promise<string> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const found = Roles.map(({ RoleName = "" }) => RoleName).find((role) => {
    return role === name || new RegExp(`^${name}-[0-9a-f]{7}$`).test(role);
  });
  if (found === undefined) {
    throw new Error(`there is no role ${name}`);
  }
  return found;
}

/** Takes one action out of a statement of a role's policy. @returns puts it back */
export async function takeAway(
  iam: IAMClient,
  RoleName: string,
  { statement, action }: TakenAction,
): Promise<() => Promise<void>> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const before = decodeURIComponent(PolicyDocument);
    const after = without(before, statement, action);
    if (after !== undefined) {
      const put = (text: string) =>
        iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: text }));
      await put(after);
      return async () => void (await put(before));
    }
  }
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn = "" } of AttachedPolicies) {
    const after = without(JSON.stringify(MANAGED_POLICIES[PolicyArn]), statement, action);
    if (after !== undefined) {
      // A managed policy is AWS's: the role gets one of its own in its place.
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: INSTEAD, PolicyDocument: after }));
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
      return async () => {
        await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: INSTEAD }));
      };
    }
  }
  throw new Error(`${RoleName} has no statement ${statement} with ${action}`);
}

/** The document without the action, its statement too where nothing is left of it; undefined where it has none. */
function without(document: string, sid: string, action: string): string | undefined {
  const policy = JSON.parse(document) as Document;
  const statement = policy.Statement.find(({ Sid }) => Sid === sid);
  const actions = [statement?.Action ?? []].flat();
  if (statement === undefined || !actions.includes(action)) {
    return undefined;
  }
  statement.Action = actions.filter((one) => one !== action);
  policy.Statement = policy.Statement.filter(({ Action }) => Action.length > 0);
  return JSON.stringify(policy);
}
