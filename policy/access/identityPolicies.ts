import { type Statement, statementsOf } from "../lib/iam";
import { type About, type PackPolicy, resourcePolicy } from "../lib/policy";
import { ACTION_EXCEPTIONS, isExcepted, RESOURCE_EXCEPTIONS } from "./exceptions";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const ROLE = "aws:iam/role:Role";

/** A policy on each allowing statement of what a role may do. */
function statementPolicy(
  about: Omit<About, "group">,
  check: (statement: Statement) => string | undefined,
): PackPolicy {
  return resourcePolicy({ group: "access", ...about }, [ROLE_POLICY, POLICY], ({ policy }) => {
    const statements = statementsOf(policy);
    if (statements === undefined) return "the policy is no JSON document with statements";
    const faults = statements.filter(({ allows }) => allows).flatMap((statement) => check(statement) ?? []);
    return faults.length > 0 ? faults.join(", ") : undefined;
  });
}

export const noWildcardAction = statementPolicy(
  {
    name: "no-wildcard-action",
    what: "A role's policy names each action.",
    why: "A wildcard grants what AWS will add next year.",
    remedy: "name the actions",
    severity: "high",
    controls: ["SecurityHub.IAM.21", "WellArchitected.SEC03-BP02"],
  },
  (statement) => {
    if (statement.notActions.length > 0) return `statement ${statement.name} allows all actions but some`;
    const wild = statement.actions.filter(
      (action) => /[*?]/.test(action) && !isExcepted(statement, ACTION_EXCEPTIONS, action),
    );
    return wild.length > 0 ? `statement ${statement.name} allows ${wild.join(", ")}` : undefined;
  },
);

export const noWildcardResource = statementPolicy(
  {
    name: "no-wildcard-resource",
    what: "A role's policy names what it is about.",
    why: "The fan-in and DMS need a few tables, one stream, one bucket and one key of all that the account has.",
    remedy: "name the resources",
    severity: "high",
    controls: ["SecurityHub.KMS.2", "WellArchitected.SEC03-BP02"],
  },
  (statement) => {
    if (statement.notResources.length > 0)
      return `statement ${statement.name} is about all resources but some`;
    if (!statement.resources.includes("*")) return undefined;
    const wide = statement.actions.filter((action) => !isExcepted(statement, RESOURCE_EXCEPTIONS, action));
    return wide.length > 0
      ? `statement ${statement.name} allows ${wide.join(", ")} on every resource`
      : undefined;
  },
);

/** AWS's policies that allow all of a service, or of the account. */
const FULL_ACCESS = /\/(\w*FullAccess|AdministratorAccess[\w-]*|PowerUserAccess)$/;

export const noFullAccess = resourcePolicy(
  {
    group: "access",
    name: "no-full-access",
    what: "No role has a policy of AWS's that allows all of a service.",
    why: "Pulumi attaches nine of them to a callback function that is given no role.",
    remedy: "give the role a policy of its own with what it needs",
    severity: "critical",
    controls: ["SecurityHub.IAM.1", "CIS-AWS-3.0.0/1.16", "WellArchitected.SEC03-BP02"],
  },
  [ATTACHMENT, ROLE],
  (props, _config, { type }) => {
    const arns =
      type === ATTACHMENT
        ? [(props as { policyArn?: string }).policyArn ?? ""]
        : ((props as { managedPolicyArns?: string[] }).managedPolicyArns ?? []);
    const full = arns.filter((arn) => /^arn:[^:]+:iam::aws:/.test(arn) && FULL_ACCESS.test(arn));
    return full.length > 0
      ? `the role has ${full.map((arn) => arn.slice(arn.lastIndexOf("/") + 1)).join(", ")}`
      : undefined;
  },
);
