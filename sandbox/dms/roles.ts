import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AwsHttp } from "../awsHttp";
import { type AssumedRole, NotAssumable, type RoleCredentials, ServiceRoles } from "../roleSession";
import type { StoredEndpoint } from "./store";
import { Fault } from "./wire/fault";

/** Roles that DMS looks up by name in the account (AWS DMS user guide, security-iam). */
const VPC_ROLE = "dms-vpc-role";
const LOGS_ROLE = "dms-cloudwatch-logs-role";

/** What AWS calls a session of DMS's. */
const SESSION = "dms-session";

export interface DmsRolesOptions {
  endpoint: string;
  region: string;
  accountId: string;
}

/**
 * DMS acts on AWS in the roles that it was given: on the target in the endpoint's, on a secret in the secret's, on
 * the network and the logs in the account's two. It assumes the one of a secret as the principal of its region, the
 * others as dms.amazonaws.com, for this account.
 */
export class DmsRoles {
  private readonly service: ServiceRoles;
  private readonly regional: ServiceRoles;
  private readonly targets = new Map<string, DynamoDBClient>();
  private readonly writers = new Map<string, AwsHttp>();
  private readonly readers = new Map<string, SecretsManagerClient>();
  private logsClient: CloudWatchLogsClient | undefined;

  constructor(private readonly options: DmsRolesOptions) {
    this.service = new ServiceRoles("dms.amazonaws.com", options);
    this.regional = new ServiceRoles(`dms.${options.region}.amazonaws.com`, options);
  }

  /** DynamoDB, in the role of a target endpoint. */
  target(stored: StoredEndpoint): DynamoDBClient {
    const roleArn = targetRole(stored);
    return made(this.targets, roleArn, () => {
      const { endpoint, region } = this.options;
      return new DynamoDBClient({
        endpoint,
        region,
        credentials: () => this.assume(this.service, roleArn),
        // One attempt a request: the replicator makes the others, for as long as it takes.
        maxAttempts: 1,
        requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 64 } }),
      });
    });
  }

  /** The same without an SDK, for the rows. */
  writer(stored: StoredEndpoint): AwsHttp {
    const roleArn = targetRole(stored);
    return made(this.writers, roleArn, () => {
      const { endpoint, region } = this.options;
      const url = new URL(endpoint);
      return new AwsHttp(
        { region, endpointOf: () => url },
        this.service.session(() => this.roleOf(roleArn)),
      );
    });
  }

  /** Secrets Manager, in the role that may read an endpoint's secret. */
  secrets(roleArn: string): SecretsManagerClient {
    return made(this.readers, roleArn, () => {
      const { endpoint, region } = this.options;
      const credentials = () => this.assume(this.regional, roleArn);
      return new SecretsManagerClient({ endpoint, region, credentials });
    });
  }

  /** CloudWatch Logs, in the account's role for that. */
  logs(): CloudWatchLogsClient {
    const { endpoint, region } = this.options;
    const credentials = () => this.assume(this.service, this.accountRole(LOGS_ROLE));
    this.logsClient ??= new CloudWatchLogsClient({ endpoint, region, credentials });
    return this.logsClient;
  }

  /** Refuses an endpoint whose roles DMS may not assume, as AWS does. @throws Fault */
  async checkEndpoint(stored: StoredEndpoint): Promise<void> {
    if (stored.endpoint.EngineName === "dynamodb") {
      await this.check(this.service, targetRole(stored));
    }
    const { PostgreSQLSettings, MySQLSettings } = stored.endpoint;
    const secretRole = (PostgreSQLSettings ?? MySQLSettings)?.SecretsManagerAccessRoleArn;
    if (secretRole !== undefined) {
      await this.check(this.regional, secretRole);
    }
  }

  /** Refuses to use the network without the account's role for that. @throws Fault */
  async checkNetwork(): Promise<void> {
    await this.check(this.service, this.accountRole(VPC_ROLE));
  }

  private accountRole(name: string): string {
    return `arn:aws:iam::${this.options.accountId}:role/${name}`;
  }

  private assume(by: ServiceRoles, roleArn: string): Promise<RoleCredentials> {
    return by.assume(this.roleOf(roleArn));
  }

  private roleOf(roleArn: string): AssumedRole {
    return { roleArn, sessionName: SESSION, sourceAccount: this.options.accountId };
  }

  private async check(by: ServiceRoles, roleArn: string): Promise<void> {
    try {
      await this.assume(by, roleArn);
    } catch (error) {
      if (error instanceof NotAssumable) {
        throw new Fault("AccessDeniedFault", `The IAM Role ${roleArn} is not configured properly.`);
      }
      throw error;
    }
  }
}

function targetRole({ endpoint }: StoredEndpoint): string {
  return endpoint.DynamoDbSettings?.ServiceAccessRoleArn ?? endpoint.ServiceAccessRoleArn ?? "";
}

function made<T>(clients: Map<string, T>, key: string, make: () => T): T {
  const client = clients.get(key) ?? make();
  clients.set(key, client);
  return client;
}
