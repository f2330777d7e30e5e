import { dimensionedLine } from "./embeddedMetrics";
import type { KinesisEvent } from "./kinesisEvent";
import { log } from "./log";

/** The changes of a table and operation within a window, as the job writes them. */
export interface CountResult {
  /** The window's start, ISO 8601 in UTC. */
  from: string;
  /** The window's end; it does not belong to it. */
  to: string;
  schema: string;
  table: string;
  op: string;
  changes: number;
}

/** What a rule has to tell, as the job writes it: of a change, or of a window with many. What is not of it is null. */
export interface AlertResult {
  type: "change" | "count";
  rule: string;
  from: string | null;
  to: string | null;
  changes: number | null;
  id: string | null;
  op: string | null;
  schema: string | null;
  table: string | null;
  key: Record<string, string> | null;
  values: Record<string, string | null> | null;
  at: string | null;
}

/** A message of the topic. */
export interface AlertMessage {
  subject: string;
  /** JSON. */
  text: string;
  /** What subscriptions may filter by. */
  attributes: Record<string, string>;
}

/** The dimensions of the metrics; `Analytics` tells one application's from another's. */
export const ANALYTICS_DIMENSIONS = {
  changes: ["Analytics", "Table", "Operation"],
  told: ["Analytics", "Rule"],
} as const;

/** The changes of a table and operation within a window, at the window's start. */
export const CHANGES_METRIC = "Changes";

/** The alerts of a rule that were told. */
export const TOLD_METRIC = "Alerts";

/** SNS takes no longer subject (SNS API reference, Publish). */
const MAX_SUBJECT = 100;

/** What a function answers so that the mapping goes on from there. */
interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * What is used of @aws-sdk/client-sns. Lambda's runtime has it (AWS Lambda developer guide, "Runtime-included SDK
 * versions"): the one client that the project needs nowhere else is not in its bundle.
 */
interface SnsModule {
  SNSClient: new (options: { region: string }) => { send: (command: unknown) => Promise<unknown> };
  PublishCommand: new (input: {
    TopicArn: string;
    Subject: string;
    Message: string;
    MessageAttributes: Record<string, { DataType: "String"; StringValue: string }>;
  }) => unknown;
}

export interface ResultsOptions {
  /** The value of the dimension `Analytics`. */
  analytics: string;
  /** Tells of an alert; rejects when the topic has not taken it. */
  publish: (message: AlertMessage) => Promise<unknown>;
  /** Writes a line of the log that is nothing but the line. */
  writeLine: (line: string) => void;
}

/**
 * Makes the function that reads what the job has found: counts become metrics by its log, alerts messages of a topic.
 * Its event source mapping must have `ReportBatchItemFailures` set.
 *
 * @param environment `ANALYTICS`, the value of the metrics' dimension, and `TOPIC_ARN`, besides Lambda's own
 * @throws Error that names the variables that are not set
 */
export function createAnalyticsResults(
  environment: NodeJS.ProcessEnv,
): (event: KinesisEvent) => Promise<BatchAnswer> {
  const missing = ["AWS_REGION", "ANALYTICS", "TOPIC_ARN"].filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Error(
      `the function's environment lacks ${missing.join(", ")}; deploy it with the Analytics component, which sets it`,
    );
  }
  const { AWS_REGION: region = "", ANALYTICS: analytics = "", TOPIC_ARN: TopicArn = "" } = environment;
  const { SNSClient, PublishCommand } = require("@aws-sdk/client-sns") as SnsModule;
  const sns = new SNSClient({ region });
  return analyticsResults({
    analytics,
    publish: ({ subject, text, attributes }) =>
      sns.send(
        new PublishCommand({
          TopicArn,
          Subject: subject,
          Message: text,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, StringValue]) => [
              name,
              { DataType: "String" as const, StringValue },
            ]),
          ),
        }),
      ),
    // The console would set the time and the request before it: CloudWatch reads a line that is metrics and no more.
    writeLine: (line) => process.stdout.write(`${line}\n`),
  });
}

/**
 * What the function does with a batch: one result after the other. At the first that fails it stops, and the mapping
 * comes again from there; what went before is not repeated.
 */
export function analyticsResults({ analytics, publish, writeLine }: ResultsOptions) {
  return async ({ Records }: KinesisEvent): Promise<BatchAnswer> => {
    for (const { kinesis } of Records) {
      try {
        const result = JSON.parse(Buffer.from(kinesis.data, "base64").toString()) as
          | AlertResult
          | CountResult;
        if ("rule" in result) {
          await publish(alertMessage(result));
          writeLine(
            dimensionedLine({ Analytics: analytics, Rule: result.rule }, { [TOLD_METRIC]: 1 }, Date.now()),
          );
        } else {
          writeLine(countLine(analytics, result));
        }
      } catch (error) {
        log("error", "a result could not be told; it comes again", {
          sequenceNumber: kinesis.sequenceNumber,
          reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        });
        return { batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

function countLine(analytics: string, { from, schema, table, op, changes }: CountResult): string {
  const timestamp = Date.parse(from);
  if (Number.isNaN(timestamp)) throw new Error("a count without the time of its window");
  const dimensions = { Analytics: analytics, Table: `${schema}.${table}`, Operation: op };
  return dimensionedLine(dimensions, { [CHANGES_METRIC]: changes }, timestamp);
}

/** The message of an alert: for people its subject, for programs its text and attributes. */
export function alertMessage(alert: AlertResult): AlertMessage {
  const { type: _type, schema, table, ...rest } = alert;
  const named = table === null ? {} : { table: schema === null ? table : `${schema}.${table}` };
  const members = Object.entries({ ...rest, ...named }).filter(([, value]) => value !== null);
  const what =
    alert.type === "count"
      ? `${alert.changes} changes from ${alert.from} to ${alert.to}`
      : `${alert.op} in ${named.table}`;
  return {
    subject: subjectOf(`rowstream ${alert.rule}: ${what}`),
    text: JSON.stringify(Object.fromEntries(members), undefined, 2),
    attributes: {
      rule: alert.rule,
      ...(named.table !== undefined && { table: named.table }),
      ...(alert.op !== null && { op: alert.op }),
    },
  };
}

/** A subject is ASCII without control characters, and begins with a letter, a digit or a sign. */
function subjectOf(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_SUBJECT);
}
