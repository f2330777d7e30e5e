import { decideTrust } from "./authorizer";
import { ACCOUNT_ID, accessKey, sessionArn } from "./caller";
import { type Answer, failure } from "./denial";
import { log } from "./log";
import type { Roles } from "./roles";

/** How long a session is said to be good, in milliseconds: STS's shortest. */
const SESSION_MS = 15 * 60_000;

/**
 * STS's AssumeRole, as AWS's services call it: the access key is the service's principal, and what it acts for comes
 * in `x-amz-source-account` and `x-amz-source-arn`. Whether it may is for the role's trust policy to say.
 */
export async function assumeRole(
  service: string,
  form: URLSearchParams,
  headers: NodeJS.Dict<string | string[]>,
  roles: Roles,
): Promise<Answer> {
  const arn = form.get("RoleArn") ?? "";
  const name = arn.split("/").pop() ?? "";
  const sessionName = form.get("RoleSessionName") ?? "";
  const role = await roles.find(name);
  const context = Object.fromEntries(
    [
      ["aws:SourceAccount", headers["x-amz-source-account"]],
      ["aws:SourceArn", headers["x-amz-source-arn"]],
    ].filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  if (role?.arn !== arn || !(await decideTrust(role, service, context)).allowed) {
    const message = `User: ${service} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    log("warn", `${message}${role === undefined ? " (there is no such role)" : ""}`);
    return failure("query", "AccessDenied", message);
  }
  const session = { role: name, session: sessionName, service };
  const key = accessKey(session);
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>sandbox</SecretAccessKey><SessionToken>sandbox</SessionToken>
<Expiration>${new Date(Date.now() + SESSION_MS).toISOString()}</Expiration></Credentials>
<AssumedRoleUser><Arn>${sessionArn(session)}</Arn><AssumedRoleId>${ACCOUNT_ID}:${sessionName}</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>`,
  };
}
