import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { MIN_HASH_KEY_LENGTH } from "./components/fanIn/checkEvents";
import { HEARTBEAT_MINUTES } from "./components/heartbeat/options";
import { type AlarmThresholds, THRESHOLD_BOUNDS } from "./components/monitoring/thresholds";
import type { PipelineArgs } from "./components/pipeline";
import { SOURCE_ENGINES } from "./components/replication/endpointSettings";
import { CAPACITY_UNITS } from "./components/replication/sizing";
import { EVENT_FORMATS } from "./functions/formats/format";
import { COLUMN_MASKS } from "./functions/mask";

/** The namespace of the configuration keys, whatever the program around this is called. */
const NAMESPACE = "rowstream";

/** The keys that are read as secrets, and never parsed. */
const PASSWORD_KEY = "sourcePassword";
const HASH_KEY = "hashKey";

const text = z.string().min(1);
const whole = z.int();
const wholeFrom = (min: number, max: number) => whole.min(min).max(max);

const source = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "must be 1 to 64 letters, digits, . _ or -"),
  engine: z.enum(SOURCE_ENGINES),
  host: text.optional(),
  port: wholeFrom(1, 65_535).optional(),
  database: text.optional(),
  username: text.optional(),
  sslMode: z.enum(["none", "require", "verify-ca", "verify-full"]).optional(),
  certificateArn: text.optional(),
  secretArn: text.optional(),
  settings: z.record(text, z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const tables = z.strictObject({
  include: z.array(text).min(1),
  exclude: z.array(text).optional(),
  keys: z.record(text, z.array(text).min(1)).optional(),
});

const dcu = z.literal([...CAPACITY_UNITS]);

const replication = z.strictObject({
  instance: z
    .strictObject({
      class: text.optional(),
      storageGib: wholeFrom(5, 6144).optional(),
      multiAz: z.boolean().optional(),
      engineVersion: text.optional(),
    })
    .optional(),
  serverless: z
    .strictObject({ minDcu: dcu.optional(), maxDcu: dcu, multiAz: z.boolean().optional() })
    .optional(),
  accountRoles: z.enum(["create", "reuse"]).optional(),
  targetRoleArn: text.optional(),
  secretRoleArn: text.optional(),
});

const network = z.strictObject({
  vpcId: text.optional(),
  subnetIds: z.array(text).optional(),
  securityGroupIds: z.array(text).min(1).optional(),
  routeTableIds: z.array(text).min(1).optional(),
  cidrBlock: text.optional(),
  sourceCidrBlocks: z.array(text).min(1).optional(),
});

const stream = z.strictObject({
  existingName: text.optional(),
  mode: z.enum(["on-demand", "provisioned"]).optional(),
  shards: wholeFrom(1, 10_000).optional(),
  retentionHours: wholeFrom(24, 8760).optional(),
  maxRecordKib: wholeFrom(1024, 10_240).optional(),
});

const fanIn = z.strictObject({
  memoryMib: wholeFrom(128, 10_240).optional(),
  timeoutSeconds: wholeFrom(10, 900).optional(),
  logRetentionDays: whole.optional(),
  failureRetentionDays: wholeFrom(1, 3650).optional(),
  roleArn: text.optional(),
  batchSize: wholeFrom(1, 10_000).optional(),
  windowSeconds: wholeFrom(0, 300).optional(),
  parallelization: wholeFrom(1, 10).optional(),
  retryAttempts: wholeFrom(-1, 10_000).optional(),
  maxAgeSeconds: wholeFrom(60, 86_400).optional(),
});

const events = z.strictObject({
  format: z.enum(EVENT_FORMATS).optional(),
  tables: z
    .strictObject({ include: z.array(text).min(1).optional(), exclude: z.array(text).optional() })
    .optional(),
  columns: z.record(text, z.record(text, z.enum(COLUMN_MASKS))).optional(),
  hashSecret: z.strictObject({ arn: text, versionId: text }).optional(),
});

const tableCapacity = z.discriminatedUnion("mode", [
  z.strictObject({
    mode: z.literal("on-demand"),
    maxReadUnits: whole.min(1).optional(),
    maxWriteUnits: whole.min(1).optional(),
  }),
  z.strictObject({
    mode: z.literal("provisioned"),
    minReadUnits: wholeFrom(1, 40_000).optional(),
    maxReadUnits: wholeFrom(1, 40_000),
    minWriteUnits: wholeFrom(1, 40_000).optional(),
    maxWriteUnits: wholeFrom(1, 40_000),
    targetPercent: wholeFrom(20, 90).optional(),
  }),
]);

const thresholds = z.strictObject(
  Object.fromEntries(
    Object.entries(THRESHOLD_BOUNDS).map(([name, { min, max }]) => [name, wholeFrom(min, max).optional()]),
  ) as Record<keyof AlarmThresholds, z.ZodOptional<z.ZodInt>>,
);

const monitoring = z.strictObject({
  enabled: z.boolean().optional(),
  topicArn: text.optional(),
  thresholds: thresholds.optional(),
});

const heartbeat = z.strictObject({
  intervalMinutes: wholeFrom(HEARTBEAT_MINUTES.min, HEARTBEAT_MINUTES.max).optional(),
  schema: text.optional(),
  table: text.optional(),
});

/** Every key of the configuration but the secrets; Pulumi.yaml documents each. */
const SCHEMA = z.strictObject({
  source,
  tables,
  replication: replication.optional(),
  network: network.optional(),
  stream: stream.optional(),
  events: events.optional(),
  fanIn: fanIn.optional(),
  tableCapacity: tableCapacity.optional(),
  monitoring: monitoring.optional(),
  heartbeat: heartbeat.optional(),
  initialLoad: z.enum(["none", "events"]).optional(),
  tablesOnDestroy: z.enum(["retain", "delete"]).optional(),
  kmsKeyArn: text.optional(),
  tags: z.record(text, z.string()).optional(),
});

type Key = keyof typeof SCHEMA.shape;

/** The keys whose values are plain text; all others are JSON. */
const TEXT_KEYS: ReadonlySet<string> = new Set<Key>(["initialLoad", "tablesOnDestroy", "kmsKeyArn"]);

/**
 * Reads the stack's configuration; the only reader of it.
 *
 * @returns the pipeline's arguments, without the tables that DMS made.
 * @throws RunError that lists every fault with its key, its value and what is allowed.
 */
export function readConfig(): PipelineArgs {
  const faults = unknownKeys();
  const values = readValues(faults);
  const parsed = SCHEMA.safeParse(values, { reportInput: true });
  if (!parsed.success) faults.push(...parsed.error.issues.flatMap(describe));
  else if (parsed.data.source.secretArn === undefined && !isSet(PASSWORD_KEY)) {
    faults.push(
      `${NAMESPACE}:${PASSWORD_KEY}: is missing; set it with: pulumi config set --secret ${PASSWORD_KEY} (or set source.secretArn)`,
    );
  }
  if (parsed.success) faults.push(...heartbeatFaults(parsed.data.heartbeat));
  faults.push(...hashKeyFaults());
  if (!parsed.success || faults.length > 0) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    throw new pulumi.RunError(
      [`the configuration of stack ${pulumi.getStack()} has ${count}:`, ...faults.map((f) => `  ${f}`)].join(
        "\n",
      ),
    );
  }
  return pipelineArgs(parsed.data);
}

/** What the pipeline takes, out of what the configuration says. */
function pipelineArgs(settings: z.infer<typeof SCHEMA>): PipelineArgs {
  const { source, events, fanIn = {}, tableCapacity, monitoring = {}, heartbeat = {}, ...rest } = settings;
  const { enabled = true, ...monitoringOptions } = monitoring;
  const { batchSize, windowSeconds, parallelization, retryAttempts, maxAgeSeconds, ...fanInOptions } = fanIn;
  const password = secret(PASSWORD_KEY);
  const hashKey = secret(HASH_KEY);
  return {
    ...rest,
    source: { ...source, ...(password && { password }) },
    events: { ...events, ...(hashKey && { hashKey }) },
    fanIn: fanInOptions,
    monitoring: enabled && monitoringOptions,
    ...heartbeatMember(heartbeat),
    tableFeed: {
      capacity: tableCapacity,
      mapping: { batchSize, windowSeconds, parallelization, retryAttempts, maxAgeSeconds },
    },
  };
}

/** The heartbeat is on where something is said of it; without its interval that is a fault, see {@link heartbeatFaults}. */
function heartbeatMember({
  intervalMinutes,
  ...place
}: z.infer<typeof heartbeat>): Pick<PipelineArgs, "heartbeat"> {
  return intervalMinutes === undefined ? {} : { heartbeat: { intervalMinutes, ...place } };
}

/** A place without an interval would be a setting that does not hold. */
function heartbeatFaults({ intervalMinutes, ...place }: z.infer<typeof heartbeat> = {}): string[] {
  return intervalMinutes === undefined && Object.keys(place).length > 0
    ? [
        `${NAMESPACE}:heartbeat.intervalMinutes: is missing; give a whole number of minutes from ${HEARTBEAT_MINUTES.min} to ${HEARTBEAT_MINUTES.max}`,
      ]
    : [];
}

/** Not by Config.get, which warns of a secret that is read in the clear. Pulumi.yaml's default is the empty text. */
function isSet(key: string): boolean {
  return Boolean(pulumi.runtime.allConfig()[`${NAMESPACE}:${key}`]);
}

function secret(key: string): pulumi.Output<string> | undefined {
  return isSet(key) ? new pulumi.Config(NAMESPACE).getSecret(key) : undefined;
}

/** The component cannot see how long a secret is. */
function hashKeyFaults(): string[] {
  const { length } = pulumi.runtime.allConfig()[`${NAMESPACE}:${HASH_KEY}`] ?? "";
  return length === 0 || length >= MIN_HASH_KEY_LENGTH
    ? []
    : [
        `${NAMESPACE}:${HASH_KEY}: has ${length} characters, give at least ${MIN_HASH_KEY_LENGTH}, at random: openssl rand -hex 32 | pulumi config set --secret ${HASH_KEY}`,
      ];
}

/** The value of each key that is set (Pulumi.yaml's default of a text is the empty one); JSON that cannot be read is a fault and counts as not set. */
function readValues(faults: string[]): Record<string, unknown> {
  const config = new pulumi.Config(NAMESPACE);
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(SCHEMA.shape)) {
    const value = config.get(key);
    if (value === undefined || value === "") continue;
    if (TEXT_KEYS.has(key)) {
      values[key] = value;
      continue;
    }
    try {
      values[key] = JSON.parse(value);
    } catch {
      faults.push(
        `${NAMESPACE}:${key}: "${value}" is no object; set its members with: pulumi config set --path '${NAMESPACE}:${key}.<member>' <value>`,
      );
    }
  }
  return values;
}

/** A key that nobody reads is a typing error, and a setting that does not hold. */
function unknownKeys(): string[] {
  const known: readonly string[] = [...Object.keys(SCHEMA.shape), PASSWORD_KEY, HASH_KEY];
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(`${NAMESPACE}:`))
    .filter((key) => !known.includes(key.slice(NAMESPACE.length + 1)))
    .map((key) => `${key}: is no key of rowstream; the keys are ${known.join(", ")}`);
}

/** One fault as a line: the key, the value, what is allowed. */
function describe(issue: z.core.$ZodIssue): string[] {
  const key = `${NAMESPACE}:${issue.path.map(String).join(".")}`;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((member) => `${key}.${member}: is no member of it; ${membersAt(issue.path)}`);
  }
  if (issue.input === undefined) return [`${key}: is missing; ${expected(issue)}`];
  return [`${key}: ${JSON.stringify(issue.input)} is not allowed; ${expected(issue)}`];
}

/** The members that the object at `path` may have. */
function membersAt(path: readonly PropertyKey[]): string {
  let schema: unknown = SCHEMA;
  for (const step of path) {
    while (schema instanceof z.ZodOptional) schema = schema.unwrap();
    schema = schema instanceof z.ZodObject ? schema.shape[String(step)] : undefined;
  }
  while (schema instanceof z.ZodOptional) schema = schema.unwrap();
  return schema instanceof z.ZodObject
    ? `the members are ${Object.keys(schema.shape).join(", ")}`
    : "its members depend on its mode";
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `give one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_type":
      return `give ${article(issue.expected)}`;
    case "too_small":
      return `give at least ${issue.minimum}${issue.origin === "array" ? " entry" : ""}`;
    case "too_big":
      return `give at most ${issue.maximum}`;
    case "invalid_union":
      return 'give a mode of "on-demand" or "provisioned"';
    default:
      return issue.message;
  }
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: "a whole number",
    array: "a list",
    record: "an object",
    object: "an object",
    string: "a text",
    number: "a number",
    boolean: "true or false",
  };
  return names[type] ?? type;
}
