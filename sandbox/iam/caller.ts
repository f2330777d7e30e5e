/** The account that everything in the sandbox belongs to. */
export const ACCOUNT_ID = "000000000000";

/** A role in somebody's name: what AWS calls an assumed role. */
export interface RoleSession {
  /** The role's name, without its path. */
  role: string;
  /** The session's name, for example the function's. */
  session: string;
  /** The AWS service that assumed the role, for example `dms.amazonaws.com`. */
  service: string;
}

/** Who sends a request, and to which service and region, as the signature's scope says. */
export interface Caller {
  /** The access key: a session's (see {@link accessKey}), or the principal of an AWS service. */
  accessKeyId: string;
  region: string;
  /** As in the credential scope, such as `dynamodb`. */
  service: string;
}

const SESSION_KEY = "ASIA";

/**
 * The access key of a role session. The sandbox checks no signatures, and a key that says by itself whose it is is
 * still good after this process was started again.
 */
export function accessKey({ role, session, service }: RoleSession): string {
  return SESSION_KEY + Buffer.from(JSON.stringify([role, session, service])).toString("base64url");
}

/** The session that an access key is of; undefined where it is no session's. */
export function sessionOf(accessKeyId: string): RoleSession | undefined {
  if (!accessKeyId.startsWith(SESSION_KEY)) {
    return undefined;
  }
  try {
    const text = Buffer.from(accessKeyId.slice(SESSION_KEY.length), "base64url").toString("utf8");
    const [role, session, service] = JSON.parse(text) as string[];
    return role === undefined || session === undefined || service === undefined
      ? undefined
      : { role, session, service };
  } catch {
    return undefined;
  }
}

/** The principal that policies and messages see. */
export function sessionArn({ role, session }: RoleSession): string {
  return `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role}/${session}`;
}

/** Reads the `Authorization` header (Signature Version 4); undefined where there is none. */
export function callerOf(authorization: string | undefined): Caller | undefined {
  const scope =
    /^AWS4-HMAC-SHA256 Credential=(?<accessKeyId>[^/]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\//.exec(
      authorization ?? "",
    )?.groups;
  return scope === undefined
    ? undefined
    : {
        accessKeyId: scope.accessKeyId ?? "",
        region: scope.region ?? "",
        service: scope.service ?? "",
      };
}
