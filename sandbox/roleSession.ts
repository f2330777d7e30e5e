import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

/** Temporary credentials, as an SDK takes them. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** When they have to be had anew. */
  expiration?: Date;
}

/** Which role is assumed, and on whose behalf. */
export interface AssumedRole {
  roleArn: string;
  sessionName: string;
  /** The account and the resource that the service acts for: `aws:SourceAccount` and `aws:SourceArn`. */
  sourceAccount?: string;
  sourceArn?: string;
}

/** A role that the service may not assume: it is not there, or its trust policy does not let it. */
export class NotAssumable extends Error {
  override name = "NotAssumable";
}

/** How long before their end credentials are had anew, in milliseconds. */
const RENEWED_MS = 5 * 60_000;

/** How an AWS service gets the credentials of roles that it was given: by STS, as itself. */
export class ServiceRoles {
  private readonly client: STSClient;

  /**
   * @param principal the service, for example `lambda.amazonaws.com`. Its name is its access key: in the sandbox a
   *   signature proves nothing
   */
  constructor(
    readonly principal: string,
    where: { endpoint: string; region: string },
  ) {
    this.client = new STSClient({
      ...where,
      credentials: { accessKeyId: principal, secretAccessKey: "sandbox" },
    });
  }

  /** @throws NotAssumable; other errors are passing ones */
  async assume({ roleArn, sessionName, sourceAccount, sourceArn }: AssumedRole): Promise<RoleCredentials> {
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName });
    // What AWS's services say to STS about whom they act for is not in its public interface.
    command.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (sourceAccount !== undefined) headers["x-amz-source-account"] = sourceAccount;
        if (sourceArn !== undefined) headers["x-amz-source-arn"] = sourceArn;
        return next(args);
      },
      { step: "build", name: "source" },
    );
    try {
      const { Credentials } = await this.client.send(command);
      return {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
        expiration: Credentials?.Expiration,
      };
    } catch (error) {
      if (/^AccessDenied|^ValidationError/.test((error as Error).name)) {
        throw new NotAssumable((error as Error).message);
      }
      throw error;
    }
  }

  /**
   * The credentials of a role for any number of calls: had once, and anew before they end or when the role is another.
   *
   * @param roleOf which role it is at that moment
   */
  session(roleOf: () => AssumedRole): () => Promise<RoleCredentials> {
    let current: { roleArn: string; credentials: Promise<RoleCredentials>; until: number } | undefined;
    return () => {
      const role = roleOf();
      if (current === undefined || current.roleArn !== role.roleArn || current.until < Date.now()) {
        const credentials = this.assume(role);
        const session = { roleArn: role.roleArn, credentials, until: Date.now() + RENEWED_MS };
        current = session;
        credentials.then(
          ({ expiration }) => {
            session.until = (expiration?.getTime() ?? Number.POSITIVE_INFINITY) - RENEWED_MS;
          },
          () => {
            session.until = 0;
          },
        );
      }
      return current.credentials;
    };
  }
}
