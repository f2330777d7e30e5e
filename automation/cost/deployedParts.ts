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
  inspector?: { memoryMib: number; architecture: string };
  mapping: { batchSize: number; windowSeconds: number };
  keys: number;
  secrets: number;
  alarms: number;
  dashboards: number;
  logGroups: string[];
  /** The consumers that are rowstream's components, by name. */
  consumers: ConsumerPart[];
  /** Parts that cost something and that the estimate knows nothing of, by their Pulumi types. */
  others: { type: string; count: number }[];
}

/** What tells a consumer from all others: two of different kinds may have one name. */
export function consumerKey({ kind, name }: Pick<ConsumerPart, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** A consumer of the change stream. */
export type ConsumerPart = FunctionConsumer | LakeConsumer | WarehouseConsumer | AnalyticsConsumer;

/** A `ChangeHandler` or a `DeviceBridge`. */
export interface FunctionConsumer {
  kind: "function";
  name: string;
  functionName: string;
  memoryMib: number;
  architecture: string;
  mapping: { batchSize: number; windowSeconds: number };
  /** The table that tells repeats; absent where they are not dropped. */
  appliedTable?: string;
  /** The registered consumer of enhanced fan-out, by its name; absent without one. */
  fanOut?: string;
  /** Whether it publishes messages to devices. */
  messages: boolean;
}

/** A `DataLake`. */
export interface LakeConsumer {
  kind: "lake";
  name: string;
  deliveryStream: string;
  parquet: boolean;
  bufferSeconds: number;
}

/** A `Warehouse`, serverless or of nodes. */
export interface WarehouseConsumer {
  kind: "warehouse";
  name: string;
  workgroup?: { name: string; baseRpu: number };
  cluster?: { nodeType: string; nodes: number };
}

/** An `Analytics`. */
export interface AnalyticsConsumer {
  kind: "analytics";
  name: string;
  /** Its processing units as deployed, without the one that each application has for itself. */
  kpus: number;
  /** Whether the service adds some under load. */
  autoScaling: boolean;
}

/** The parts that a stack calls by name, to tell them from those of its consumers. */
export interface PartNames {
  fanInName: string;
  inspectorName?: string;
  failureBucketName: string;
  streamName: string;
  /** The adopted tables. */
  tableNames: readonly string[];
}

type Properties = Record<string, unknown>;

/** Types that cost nothing, or nothing that is worth a line (a policy, a route, a rule). */
const FREE =
  /^(pulumi:|rowstream:|aws:(iam|vpc|appautoscaling)\/|awsx:|aws:dms\/(endpoint|replicationSubnetGroup|replicationTask):|aws:kms\/(alias|keyPolicy|grant):|aws:secretsmanager\/secretVersion:|aws:s3\/bucket[A-Z]|aws:lambda\/(eventSourceMapping|permission|function(?!:))|aws:ec2\/(vpc|subnet|securityGroup|securityGroupRule|routeTable|routeTableAssociation|route|vpcEndpointRouteTableAssociation|internetGateway|defaultSecurityGroup):|aws:cloudwatch\/(eventRule|eventTarget|logResourcePolicy|logStream|logSubscriptionFilter):|aws:sns\/topic(Policy|Subscription)?:|aws:glue\/|aws:sqs\/queuePolicy:|aws:redshift\/(parameterGroup|subnetGroup):|aws:redshiftserverless\/namespace:|aws:redshiftdata\/|aws:index\/)/;

/** Reads what is paid for out of a stack's exported state. Pure. */
export function deployedParts(deployment: Deployment, names: PartNames): DeployedParts {
  const parts: DeployedParts = {
    interfaceEndpoints: 0,
    natGateways: 0,
    tables: [],
    fanIn: DEFAULT_SIZE,
    mapping: DEFAULT_BATCHING,
    keys: 0,
    secrets: 0,
    alarms: 0,
    dashboards: 0,
    logGroups: [],
    consumers: [],
    others: [],
  };
  const others = new Map<string, number>();
  const consumers = new ConsumerParts();
  for (const resource of deployment.deployment?.resources ?? []) {
    const { urn, type, delete: going, custom, external, inputs = {}, outputs = {} } = resource;
    if (going || external || custom === false) {
      continue;
    }
    const properties = { ...inputs, ...outputs };
    if (
      !consumers.count(urn, type, properties) &&
      !count(parts, type, properties, names) &&
      !FREE.test(type)
    ) {
      others.set(type, (others.get(type) ?? 0) + 1);
    }
  }
  parts.consumers = consumers.parts();
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
      if (!names.tableNames.includes(text(of.name))) {
        return false;
      }
      parts.tables.push(table(of));
      return true;
    case "aws:lambda/function:Function":
      if (of.name === names.inspectorName) {
        parts.inspector = functionSize(of);
        return true;
      }
      if (of.name !== names.fanInName) {
        return false;
      }
      parts.fanIn = functionSize(of);
      return true;
    case "aws:lambda/eventSourceMapping:EventSourceMapping":
      if (text(of.eventSourceArn).includes(":dynamodb:")) {
        parts.mapping = batching(of);
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

/** Puts the parts of consumers together, by the component that each is in and the component's name. */
class ConsumerParts {
  private readonly consumers = new Map<string, ConsumerPart>();

  /** Takes one resource in; false where it is no part of a consumer that costs by itself. */
  count(urn: string, type: string, of: Properties): boolean {
    const within = componentsOf(urn);
    const last = within.at(-1);
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    if (within.includes("Analytics")) {
      return this.countAnalytics(name, type, of);
    }
    switch (`${last} ${type}`) {
      case "ConsumerFunction aws:lambda/function:Function":
        Object.assign(this.handler(name), {
          functionName: text(of.name),
          ...functionSize(of),
          messages: within.includes("DeviceBridge"),
        });
        return true;
      case "ConsumerFunction aws:lambda/eventSourceMapping:EventSourceMapping":
        this.handler(name).mapping = batching(of);
        return true;
      case "ConsumerFunction aws:kinesis/streamConsumer:StreamConsumer":
        this.handler(name).fanOut = text(of.name);
        return true;
      case "AppliedTable aws:dynamodb/table:Table":
        this.handler(name.replace(/-applied$/, "")).appliedTable = text(of.name);
        return true;
      case "DataLake aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream":
        this.add(lake(name, of));
        return true;
      case "ServerlessWarehouse aws:redshiftserverless/workgroup:Workgroup":
        this.add({
          kind: "warehouse",
          name,
          workgroup: { name: text(of.workgroupName), baseRpu: number(of.baseCapacity) },
        });
        return true;
      case "ClusterWarehouse aws:redshift/cluster:Cluster":
        this.add({
          kind: "warehouse",
          name,
          cluster: { nodeType: text(of.nodeType), nodes: number(of.numberOfNodes, 1) },
        });
        return true;
      default:
        // What lies in them is small, or comes with the consumer's own lines.
        return (
          (type === "aws:s3/bucket:Bucket" && /^(FailureBucket|LakeBucket)$/.test(last ?? "")) ||
          (type === "aws:dynamodb/table:Table" && last === "LoadProgress")
        );
    }
  }

  /** Beside the application its results cost a stream; what tells them, and where its code lies, is small. */
  private countAnalytics(name: string, type: string, of: Properties): boolean {
    if (type === "aws:kinesisanalyticsv2/application:Application") {
      this.add(analytics(name, of));
      return true;
    }
    return /^aws:(kinesis\/stream|lambda\/\w+|s3\/bucket|dynamodb\/table):/.test(type);
  }

  /** The consumers, by name. */
  parts(): ConsumerPart[] {
    return [...this.consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private handler(name: string): FunctionConsumer {
    const known = this.consumers.get(consumerKey({ kind: "function", name }));
    if (known?.kind === "function") {
      return known;
    }
    const handler: FunctionConsumer = {
      kind: "function",
      name,
      functionName: "",
      memoryMib: DEFAULT_SIZE.memoryMib,
      architecture: DEFAULT_SIZE.architecture,
      mapping: DEFAULT_BATCHING,
      messages: false,
    };
    this.add(handler);
    return handler;
  }

  private add(part: ConsumerPart): void {
    this.consumers.set(consumerKey(part), part);
  }
}

/**
 * The components that a resource is in, the outermost first: a URN names the types of all parents, as
 * `urn:pulumi:prod::shop::rowstream:pipeline:Pipeline$rowstream:pipeline:FanIn$aws:lambda/function:Function::fan-in`.
 */
function componentsOf(urn: string): string[] {
  return (urn.split("::")[2] ?? "")
    .split("$")
    .flatMap((type) => type.match(/^rowstream:pipeline:(\w+)$/)?.[1] ?? []);
}

function lake(name: string, of: Properties): LakeConsumer {
  const { bufferingInterval, dataFormatConversionConfiguration } = (of.extendedS3Configuration ??
    {}) as Properties;
  return {
    kind: "lake",
    name,
    deliveryStream: text(of.name),
    parquet: dataFormatConversionConfiguration != null,
    bufferSeconds: number(bufferingInterval, 300),
  };
}

function analytics(name: string, of: Properties): AnalyticsConsumer {
  const configuration = (of.applicationConfiguration ?? {}) as Properties;
  const flink = (configuration.flinkApplicationConfiguration ?? {}) as Properties;
  const { parallelism, parallelismPerKpu, autoScalingEnabled } = (flink.parallelismConfiguration ??
    {}) as Properties;
  return {
    kind: "analytics",
    name,
    kpus: Math.ceil(number(parallelism, 1) / number(parallelismPerKpu, 1)),
    autoScaling: autoScalingEnabled === true,
  };
}

const DEFAULT_SIZE = { memoryMib: 512, architecture: "arm64" };
const DEFAULT_BATCHING = { batchSize: 500, windowSeconds: 1 };

function functionSize(of: Properties): { memoryMib: number; architecture: string } {
  return {
    memoryMib: number(of.memorySize, DEFAULT_SIZE.memoryMib),
    architecture: Array.isArray(of.architectures) ? text(of.architectures[0]) : "x86_64",
  };
}

function batching(of: Properties): { batchSize: number; windowSeconds: number } {
  return {
    batchSize: number(of.batchSize, DEFAULT_BATCHING.batchSize),
    windowSeconds: number(of.maximumBatchingWindowInSeconds, DEFAULT_BATCHING.windowSeconds),
  };
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
