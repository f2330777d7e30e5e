import type { Deployment } from "@pulumi/pulumi/automation";

/** What a stack has that is paid for, by its last state. */
export interface DeployedParts {
  /** Absent with DMS Serverless. */
  instance?: { class: string; storageGib: number; multiAz: boolean };
  /** Absent with an instance. */
  serverless?: { minDcu: number; maxDcu: number; multiAz: boolean };
  /** Interface endpoints, each counted once for each zone that it is in. */
  interfaceEndpoints: number;
  natGateways: number;
  /** The adopted tables; `capacity` is absent on demand. */
  tables: { name: string; capacity?: { read: number; write: number }; recovery: boolean }[];
  fanIn: { memoryMib: number; architecture: string };
  /** The function that looks every five minutes; absent where nothing is monitored. */
  inspector?: { memoryMib: number };
  mapping: { batchSize: number; windowSeconds: number };
  keys: number;
  secrets: number;
  alarms: number;
  dashboards: number;
  logGroups: string[];
  /** Parts that cost something and that the estimate knows nothing of, by their Pulumi types. */
  others: { type: string; count: number }[];
}

/** The parts that a stack calls by name, to tell them from those of its consumers. */
export interface PartNames {
  fanInName: string;
  inspectorName?: string;
  failureBucketName: string;
  streamName: string;
}

type Properties = Record<string, unknown>;

/** Types that cost nothing, or nothing that is worth a line (a policy, a route, a rule). */
const FREE =
  /^(pulumi:|rowstream:|aws:(iam|vpc|appautoscaling)\/|awsx:|aws:dms\/(endpoint|replicationSubnetGroup|replicationTask):|aws:kms\/(alias|keyPolicy|grant):|aws:secretsmanager\/secretVersion:|aws:s3\/bucket[A-Z]|aws:lambda\/(eventSourceMapping|permission|function(?!:))|aws:ec2\/(vpc|subnet|securityGroup|securityGroupRule|routeTable|routeTableAssociation|route|vpcEndpointRouteTableAssociation|internetGateway|defaultSecurityGroup):|aws:cloudwatch\/(eventRule|eventTarget|logResourcePolicy|logStream|logSubscriptionFilter):|aws:sns\/topic(Policy|Subscription)?:|aws:index\/)/;

/** Reads what is paid for out of a stack's exported state. Pure. */
export function deployedParts(deployment: Deployment, names: PartNames): DeployedParts {
  const parts: DeployedParts = {
    interfaceEndpoints: 0,
    natGateways: 0,
    tables: [],
    fanIn: { memoryMib: 512, architecture: "arm64" },
    mapping: { batchSize: 500, windowSeconds: 1 },
    keys: 0,
    secrets: 0,
    alarms: 0,
    dashboards: 0,
    logGroups: [],
    others: [],
  };
  const others = new Map<string, number>();
  for (const resource of deployment.deployment?.resources ?? []) {
    const { type, delete: going, custom, external, inputs = {}, outputs = {} } = resource;
    if (going || external || custom === false) {
      continue;
    }
    if (!count(parts, type, { ...inputs, ...outputs }, names) && !FREE.test(type)) {
      others.set(type, (others.get(type) ?? 0) + 1);
    }
  }
  parts.others = [...others]
    .map(([type, n]) => ({ type, count: n }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
  return parts;
}

/** Takes one resource into the parts; false where it is none that the estimate knows. */
function count(parts: DeployedParts, type: string, of: Properties, names: PartNames): boolean {
  switch (type) {
    case "aws:dms/replicationInstance:ReplicationInstance":
      parts.instance = {
        class: text(of.replicationInstanceClass),
        storageGib: number(of.allocatedStorage),
        multiAz: of.multiAz === true,
      };
      return true;
    case "aws:dms/replicationConfig:ReplicationConfig": {
      const { minCapacityUnits, maxCapacityUnits, multiAz } = (of.computeConfig ?? {}) as Properties;
      parts.serverless = {
        minDcu: number(minCapacityUnits, 1),
        maxDcu: number(maxCapacityUnits, 1),
        multiAz: multiAz === true,
      };
      return true;
    }
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      if (of.vpcEndpointType === "Interface") {
        parts.interfaceEndpoints += Array.isArray(of.subnetIds) ? of.subnetIds.length : 1;
      }
      return true;
    case "aws:ec2/natGateway:NatGateway":
      parts.natGateways += 1;
      return true;
    case "aws:dynamodb/table:Table":
      parts.tables.push(table(of));
      return true;
    case "aws:lambda/function:Function":
      if (of.name === names.inspectorName) {
        parts.inspector = { memoryMib: number(of.memorySize, 128) };
        return true;
      }
      if (of.name !== names.fanInName) {
        return false;
      }
      parts.fanIn = {
        memoryMib: number(of.memorySize, parts.fanIn.memoryMib),
        architecture: Array.isArray(of.architectures) ? text(of.architectures[0]) : "x86_64",
      };
      return true;
    case "aws:lambda/eventSourceMapping:EventSourceMapping":
      if (text(of.eventSourceArn).includes(":dynamodb:")) {
        parts.mapping = {
          batchSize: number(of.batchSize, parts.mapping.batchSize),
          windowSeconds: number(of.maximumBatchingWindowInSeconds, parts.mapping.windowSeconds),
        };
      }
      return true;
    case "aws:kinesis/stream:Stream":
      return of.name === names.streamName;
    case "aws:s3/bucket:Bucket":
      return of.bucket === names.failureBucketName;
    case "aws:kms/key:Key":
      parts.keys += 1;
      return true;
    case "aws:secretsmanager/secret:Secret":
      parts.secrets += 1;
      return true;
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      parts.alarms += 1;
      return true;
    case "aws:cloudwatch/dashboard:Dashboard":
      parts.dashboards += 1;
      return true;
    case "aws:cloudwatch/logGroup:LogGroup":
      parts.logGroups.push(text(of.name));
      return true;
    default:
      return false;
  }
}

function table(of: Properties): DeployedParts["tables"][number] {
  const recovery = (of.pointInTimeRecovery ?? {}) as Properties;
  return {
    name: text(of.name),
    ...(of.billingMode !== "PAY_PER_REQUEST" && {
      capacity: { read: number(of.readCapacity), write: number(of.writeCapacity) },
    }),
    recovery: recovery.enabled === true,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown, otherwise = 0): number {
  return typeof value === "number" ? value : otherwise;
}
