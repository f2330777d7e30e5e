import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AwsContext, awsContext } from "./awsContext";
import { Component, type ComponentArgs, type Transform } from "./component";
import { Faults } from "./faults";
import { heartbeatCallback } from "./heartbeat/code";
import { HEARTBEAT_ENGINES } from "./heartbeat/engines";
import { checkHeartbeat, type HeartbeatOptions, resolveHeartbeat } from "./heartbeat/options";
import { heartbeatPolicy } from "./heartbeat/policy";
import { checkLambdaCode } from "./lambdaCode";
import {
  type LambdaFunctionArgs,
  lambdaFunctionArgs,
  lambdaLogGroupArgs,
  lambdaRoleArgs,
} from "./lambdaFunction";
import { policyDocument, tlsOnly } from "./policyDocument";
import { type ResolvedSource, resolveSource, type SourceArgs } from "./replication/source";

/** A heartbeat in the source of one pipeline. */
export interface HeartbeatArgs extends HeartbeatOptions, ComponentArgs {
  /** The source database; the row is written with its credentials. */
  source: SourceArgs;
  /** The subnets that DMS runs in: the source is reached from there. They need a way to Secrets Manager. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The security groups of the replication. */
  securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The key of the secret that is made, of the logs and of the function's environment. */
  kmsKeyArn: pulumi.Input<string>;
  /** Changes to each child, by its name in `nodes`. */
  transform?: HeartbeatTransform;
}

/** What can be changed of a heartbeat's children. */
export interface HeartbeatTransform {
  secret?: Transform<aws.secretsmanager.SecretArgs>;
  function?: Transform<LambdaFunctionArgs>;
  role?: Transform<aws.iam.RoleArgs>;
  logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
  schedule?: Transform<aws.cloudwatch.EventRuleArgs>;
  target?: Transform<aws.cloudwatch.EventTargetArgs>;
  queue?: Transform<aws.sqs.QueueArgs>;
}

/**
 * How often EventBridge tries again what Lambda did not take, within the interval: the next heartbeat makes a late one
 * worthless.
 */
const DELIVERY_ATTEMPTS = 3;

/** How long the queue keeps what could not be delivered, in seconds: SQS's longest, 14 days. */
const QUEUE_SECONDS = 14 * 86_400;

/**
 * The heartbeat: a small Lambda that writes one row, `(id, written_at)`, to a table of its own in the source, by a
 * schedule. It is replicated as any other row is; the fan-in measures from it how long a change takes from its commit to
 * its event, and a PostgreSQL slot has something to confirm while the database rests.
 *
 * It runs in the replication's subnets and security groups, and reads the source's credentials from Secrets Manager: from
 * the user's own secret, or one that is made of the source's username and password. In the verify modes it trusts the
 * public authorities and Amazon's; for another, ship its certificate (`codePathOptions.extraIncludePaths` by
 * `transform.function`) and name it in the variable `NODE_EXTRA_CA_CERTS`.
 */
export class Heartbeat extends Component {
  /** The function's name. */
  readonly functionName: pulumi.Output<string>;
  /** The schema of the table that is written. */
  readonly schema: string;
  /** The table that is written. */
  readonly table: string;
  /** How often it is written, in minutes. */
  readonly intervalMinutes: number;

  private readonly secret: aws.secretsmanager.Secret | undefined;
  private readonly function: aws.lambda.Function;
  private readonly role: aws.iam.Role;
  private readonly logGroup: aws.cloudwatch.LogGroup;
  private readonly schedule: aws.cloudwatch.EventRule;
  private readonly queue: aws.sqs.Queue;

  constructor(name: string, args: HeartbeatArgs, opts?: pulumi.ComponentResourceOptions) {
    const faults = checkHeartbeat(args, { source: args.source, tables: undefined, events: undefined });
    faults.addAll(checkHeartbeatCode(args.source));
    faults.throwIfAny(`heartbeat "${name}"`);
    const { schema, table, intervalMinutes } = resolveHeartbeat(args, args.source);
    super("Heartbeat", name, { schema, table, intervalMinutes }, args.tags, opts);
    const context = awsContext(this);
    const source = resolveSource(args.source);
    this.schema = schema;
    this.table = table;
    this.intervalMinutes = intervalMinutes;

    const written = source.secretArn === undefined ? this.createSecret(name, args, source) : undefined;
    this.secret = written?.secret;
    const secretArn = this.secret ? this.secret.arn : pulumi.output(source.secretArn ?? "");
    this.logGroup = this.createLogGroup(name, args);
    this.role = this.createRole(name, args);
    const policy = this.createPolicy(name, args, context, secretArn);
    // The function is of no use before it may read a secret that holds something.
    const needed = written ? [policy, written.version] : [policy];
    this.function = this.createFunction(name, args, source, secretArn, needed);
    this.schedule = this.createRule(name, args);
    this.queue = this.createQueue(name, args);
    this.createTarget(name, args);

    this.functionName = this.function.name;
    this.registerOutputs({ functionName: this.functionName, schema, table });
  }

  /** The resources underneath; the secret is absent where the user brought one. */
  get nodes() {
    return {
      secret: this.secret,
      function: this.function,
      role: this.role,
      logGroup: this.logGroup,
      schedule: this.schedule,
      queue: this.queue,
    };
  }

  /** The members are those of a secret that DMS reads. */
  private createSecret(
    name: string,
    args: HeartbeatArgs,
    { host, port, username, password }: ResolvedSource,
  ): { secret: aws.secretsmanager.Secret; version: aws.secretsmanager.SecretVersion } {
    const secretArgs: aws.secretsmanager.SecretArgs = {
      description: "rowstream: the source's credentials, with which the heartbeat is written",
      kmsKeyId: args.kmsKeyArn,
      // The configuration has what it holds.
      recoveryWindowInDays: 0,
    };
    const secret = new aws.secretsmanager.Secret(...this.tagged(name, secretArgs, args.transform?.secret));
    const version = new aws.secretsmanager.SecretVersion(
      ...this.child<aws.secretsmanager.SecretVersionArgs>(name, {
        secretId: secret.id,
        secretString: pulumi.secret(pulumi.jsonStringify({ username, password, host, port })),
      }),
    );
    return { secret, version };
  }

  private createLogGroup(name: string, args: HeartbeatArgs): aws.cloudwatch.LogGroup {
    const groupArgs = lambdaLogGroupArgs({ kmsKeyArn: args.kmsKeyArn });
    return new aws.cloudwatch.LogGroup(...this.tagged(`${name}-logs`, groupArgs, args.transform?.logGroup));
  }

  private createRole(name: string, args: HeartbeatArgs): aws.iam.Role {
    const roleArgs = lambdaRoleArgs("reads the source's credentials, and writes the heartbeat there");
    return new aws.iam.Role(...this.tagged(name, roleArgs, args.transform?.role));
  }

  private createPolicy(
    name: string,
    args: HeartbeatArgs,
    { partition, region, accountId }: AwsContext,
    secretArn: pulumi.Output<string>,
  ): aws.iam.RolePolicy {
    const own = this.secret !== undefined;
    const policy = pulumi
      .output({
        partition,
        region,
        accountId,
        secretArn,
        kmsKeyArn: args.kmsKeyArn,
        logGroupArn: this.logGroup.arn,
      })
      .apply((known) => heartbeatPolicy({ ...known, kmsKeyArn: own ? known.kmsKeyArn : undefined }));
    return new aws.iam.RolePolicy(
      ...this.child<aws.iam.RolePolicyArgs>(name, { role: this.role.name, policy }),
    );
  }

  private createFunction(
    name: string,
    args: HeartbeatArgs,
    { engine, port, database, sslMode }: ResolvedSource,
    secretArn: pulumi.Output<string>,
    dependsOn: pulumi.Resource[],
  ): aws.lambda.Function {
    const { family, driver } = engineOf(engine);
    const functionArgs: LambdaFunctionArgs = {
      ...lambdaFunctionArgs({
        description: `writes a heartbeat to ${args.source.name}`,
        callbackFactory: heartbeatCallback(),
        bundle: "heartbeat",
        packages: [driver],
        memoryMib: 256,
        timeoutSeconds: 60,
        roleArn: this.role.arn,
        logGroupName: this.logGroup.name,
        variables: {
          FAMILY: family,
          SECRET_ARN: secretArn,
          PORT: pulumi.output(port).apply(String),
          DATABASE: database ?? "",
          SSL_MODE: sslMode,
          HEARTBEAT_SCHEMA: this.schema,
          HEARTBEAT_TABLE: this.table,
          // Node.js from 20 on does not read Amazon's authorities by itself (AWS Lambda developer guide, lambda-nodejs).
          ...(sslMode.startsWith("verify") && { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" }),
        },
        kmsKeyArn: args.kmsKeyArn,
      }),
      vpcConfig: { subnetIds: args.subnetIds, securityGroupIds: args.securityGroupIds },
    };
    return new aws.lambda.CallbackFunction(
      ...this.tagged(name, functionArgs, args.transform?.function, { dependsOn }),
    );
  }

  private createRule(name: string, args: HeartbeatArgs): aws.cloudwatch.EventRule {
    const minutes = this.intervalMinutes === 1 ? "1 minute" : `${this.intervalMinutes} minutes`;
    const ruleArgs: aws.cloudwatch.EventRuleArgs = {
      description: "rowstream: has the heartbeat written",
      scheduleExpression: `rate(${minutes})`,
    };
    return new aws.cloudwatch.EventRule(...this.tagged(name, ruleArgs, args.transform?.schedule));
  }

  /**
   * What EventBridge could not hand to Lambda, with the reason (EventBridge user guide, eb-rule-dlq). Encrypted by SQS's
   * own key: it holds no rows, and a key of one's own would have to let EventBridge in.
   */
  private createQueue(name: string, args: HeartbeatArgs): aws.sqs.Queue {
    const queueArgs: aws.sqs.QueueArgs = {
      sqsManagedSseEnabled: true,
      messageRetentionSeconds: QUEUE_SECONDS,
    };
    const queue = new aws.sqs.Queue(...this.tagged(`${name}-undelivered`, queueArgs, args.transform?.queue));
    const policy = pulumi
      .all([queue.arn, this.schedule.arn])
      .apply(([queueArn, ruleArn]) => queuePolicy(queueArn, ruleArn));
    new aws.sqs.QueuePolicy(
      ...this.child<aws.sqs.QueuePolicyArgs>(`${name}-undelivered`, { queueUrl: queue.url, policy }),
    );
    return queue;
  }

  private createTarget(name: string, args: HeartbeatArgs): void {
    const permission = new aws.lambda.Permission(
      ...this.child<aws.lambda.PermissionArgs>(name, {
        action: "lambda:InvokeFunction",
        function: this.function.name,
        principal: "events.amazonaws.com",
        sourceArn: this.schedule.arn,
      }),
    );
    const targetArgs: aws.cloudwatch.EventTargetArgs = {
      rule: this.schedule.name,
      arn: this.function.arn,
      retryPolicy: {
        maximumRetryAttempts: DELIVERY_ATTEMPTS,
        maximumEventAgeInSeconds: this.intervalMinutes * 60,
      },
      deadLetterConfig: { arn: this.queue.arn },
    };
    new aws.cloudwatch.EventTarget(
      ...this.child(name, targetArgs, args.transform?.target, { dependsOn: [permission] }),
    );
  }
}

/** Lets the rule's own failures in, and nobody who speaks no TLS. */
function queuePolicy(queueArn: string, ruleArn: string): string {
  return policyDocument([
    {
      Sid: "Undelivered",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
    },
    tlsOnly("sqs:*", queueArn),
  ]);
}

function engineOf(engine: SourceArgs["engine"]) {
  const found = HEARTBEAT_ENGINES[engine];
  if (found === undefined) throw new Error(`the check of the heartbeat let ${engine} through`);
  return found;
}

/** Checks that the heartbeat's code is there to be shipped, with the driver of the source's engine. */
export function checkHeartbeatCode(source: SourceArgs | undefined, prefix = ""): Faults {
  const faults = new Faults(prefix);
  const driver = source && HEARTBEAT_ENGINES[source.engine]?.driver;
  checkLambdaCode(faults, "heartbeat", driver === undefined ? [] : [driver]);
  return faults;
}
