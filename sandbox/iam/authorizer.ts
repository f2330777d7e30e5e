import {
  type EvaluationResult,
  type RequestAnalysis,
  runSimulation,
  type Simulation,
} from "@cloud-copilot/iam-simulate";
import { ACCOUNT_ID, type RoleSession, sessionArn } from "./caller";
import { log } from "./log";
import type { Role } from "./roles";
import { mendServiceData } from "./serviceData";

/** One thing that a caller must be allowed to do. */
export interface Need {
  /** For example `kinesis:PutRecords`. */
  action: string;
  /** The ARN, or `*` for an action that has no resource. */
  resource: string;
  /** Condition keys beyond those that every request has. */
  context?: Record<string, string>;
  /** The policy of the resource itself, where it has one, as JSON. */
  resourcePolicy?: string;
}

/** The statement, by its policy, and the action as it is written there. */
export interface Grant {
  policy: string;
  /** The statement's Sid, or its place in the policy. */
  statement: string;
  action: string;
}

/** Whether something is allowed, by what, or why not. */
export interface Decision {
  allowed: boolean;
  grants: Grant[];
  /** The end of AWS's message, from `because` or `with` on; empty where it is allowed. */
  reason: string;
}

/** Decisions that are remembered of one role; names of objects and log streams are without end. */
const MOST_DECISIONS = 10_000;

/**
 * Decides as IAM does, with the policies of a role, its permissions boundary and the policy of the resource.
 *
 * The evaluation is @cloud-copilot/iam-simulate's, which takes about a millisecond; the same question to the same
 * policies is answered from memory.
 */
export function decide(role: Role, session: RoleSession, region: string, need: Need): Promise<Decision> {
  const { action, resource, context, resourcePolicy } = need;
  const key = JSON.stringify([session.session, region, action, resource, context, resourcePolicy]);
  let decision = role.decisions.get(key);
  if (decision === undefined) {
    if (role.decisions.size >= MOST_DECISIONS) {
      role.decisions.clear();
    }
    decision = simulate({
      request: {
        principal: sessionArn(session),
        action,
        resource: { resource, accountId: ACCOUNT_ID },
        contextVariables: {
          ...COMMON,
          "aws:PrincipalArn": role.arn,
          "aws:PrincipalType": "AssumedRole",
          "aws:PrincipalAccount": ACCOUNT_ID,
          "aws:RequestedRegion": region,
          ...context,
        },
      },
      identityPolicies: role.policies,
      ...(role.boundary === undefined ? {} : { permissionBoundaryPolicies: [role.boundary] }),
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: JSON.parse(resourcePolicy) }),
    });
    role.decisions.set(key, decision);
  }
  return decision;
}

/** Decides whether an AWS service may assume a role. @param context for example `aws:SourceAccount` */
export function decideTrust(role: Role, service: string, context: Record<string, string>): Promise<Decision> {
  return simulate({
    request: {
      principal: service,
      action: "sts:AssumeRole",
      resource: { resource: role.arn, accountId: ACCOUNT_ID },
      contextVariables: { ...COMMON, ...context },
    },
    identityPolicies: [],
    resourcePolicy: role.trust,
  });
}

/** The SDKs reach AWS over TLS; that the sandbox does not is none of a policy's business. */
const COMMON = { "aws:SecureTransport": "true" };

async function simulate(
  simulation: Omit<Simulation, "serviceControlPolicies" | "resourceControlPolicies">,
): Promise<Decision> {
  const { action } = simulation.request;
  await mendServiceData();
  const outcome = await runSimulation(
    { ...simulation, serviceControlPolicies: [], resourceControlPolicies: [] },
    { simulationMode: "Strict" },
  );
  if (outcome.resultType === "error") {
    log("error", `${action} on ${simulation.request.resource.resource}: ${JSON.stringify(outcome.errors)}`);
    return { allowed: false, grants: [], reason: "because its policies cannot be evaluated" };
  }
  const analyses =
    outcome.resultType === "single"
      ? [outcome.result.analysis]
      : outcome.results.map(({ analysis }) => analysis);
  return {
    allowed: outcome.overallResult === "Allowed",
    grants: analyses.flatMap(grantsOf),
    reason: reasonOf(action, outcome.overallResult, analyses[0]),
  };
}

/** The statements of the caller's policies that allow a request. */
function grantsOf({ identityAnalysis }: RequestAnalysis): Grant[] {
  return (identityAnalysis?.allowStatements ?? []).flatMap(({ policyId, statement, explain }) =>
    [explain.actions ?? []]
      .flat()
      .filter(({ matches }) => matches)
      .map(({ action }) => ({
        policy: policyId,
        statement: statement.sid() ?? String(statement.index()),
        action,
      })),
  );
}

function reasonOf(action: string, result: EvaluationResult, analysis: RequestAnalysis | undefined): string {
  if (result === "Allowed") {
    return "";
  }
  const where = refusedBy(analysis);
  return result === "ExplicitlyDenied"
    ? `with an explicit deny in ${where}`
    : `because no ${where.replace(/^an? /, "")} allows the ${action} action`;
}

/** The kind of policy that AWS's message names. */
function refusedBy(analysis: RequestAnalysis | undefined): string {
  if (analysis?.identityAnalysis?.result === "ExplicitlyDenied") {
    return "an identity-based policy";
  }
  const { result } = analysis?.resourceAnalysis ?? {};
  if (result === "ExplicitlyDenied" || result === "DeniedForAccount") {
    return "a resource-based policy";
  }
  if (analysis?.identityAnalysis?.result !== "Allowed") {
    return "an identity-based policy";
  }
  return analysis.permissionBoundaryAnalysis?.result === "Allowed" ||
    analysis.permissionBoundaryAnalysis === undefined
    ? "a resource-based policy"
    : "a permissions boundary";
}
