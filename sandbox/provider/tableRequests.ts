import { isDeepStrictEqual } from "node:util";
import type {
  CreateTableCommandInput,
  TableDescription,
  UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { tagList } from "./tags";

/** A key attribute. */
export interface Attribute {
  name: string;
  type: "S" | "N" | "B";
}

/** The inputs of aws.dynamodb.Table that the stand-in acts on. */
export interface TableInputs {
  name: string;
  attributes?: Attribute[];
  hashKey?: string;
  rangeKey?: string;
  billingMode?: "PROVISIONED" | "PAY_PER_REQUEST";
  readCapacity?: number;
  writeCapacity?: number;
  onDemandThroughput?: { maxReadRequestUnits?: number; maxWriteRequestUnits?: number };
  streamEnabled?: boolean;
  streamViewType?: "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";
  serverSideEncryption?: { enabled: boolean; kmsKeyArn?: string };
  pointInTimeRecovery?: { enabled: boolean; recoveryPeriodInDays?: number };
  ttl?: { enabled?: boolean; attributeName?: string };
  deletionProtectionEnabled?: boolean;
  tableClass?: "STANDARD" | "STANDARD_INFREQUENT_ACCESS";
  tags?: Record<string, string>;
}

/** What makes a table of these inputs. */
export function createParameters(inputs: TableInputs): CreateTableCommandInput {
  return {
    TableName: inputs.name,
    AttributeDefinitions: inputs.attributes?.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: [
      { AttributeName: inputs.hashKey, KeyType: "HASH" },
      ...(inputs.rangeKey ? [{ AttributeName: inputs.rangeKey, KeyType: "RANGE" as const }] : []),
    ],
    ...capacity(inputs, {}),
    ...(inputs.streamEnabled && { StreamSpecification: stream(inputs) }),
    ...(inputs.serverSideEncryption?.enabled && { SSESpecification: encryption(inputs) }),
    TableClass: inputs.tableClass,
    DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
    Tags: inputs.tags && tagList(inputs.tags),
  };
}

function capacity(
  inputs: TableInputs,
  now: Pick<TableInputs, "onDemandThroughput">,
): Pick<UpdateTableCommandInput, "BillingMode" | "ProvisionedThroughput" | "OnDemandThroughput"> {
  if (inputs.billingMode !== "PAY_PER_REQUEST") {
    return {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: {
        ReadCapacityUnits: inputs.readCapacity,
        WriteCapacityUnits: inputs.writeCapacity,
      },
    };
  }
  const { maxReadRequestUnits, maxWriteRequestUnits } = ceiling(inputs);
  const same = isDeepStrictEqual(ceiling(inputs), ceiling(now));
  return {
    BillingMode: "PAY_PER_REQUEST",
    ...(!same && {
      OnDemandThroughput: {
        MaxReadRequestUnits: maxReadRequestUnits,
        MaxWriteRequestUnits: maxWriteRequestUnits,
      },
    }),
  };
}

/** The most that an on-demand table takes; -1 is DynamoDB's word for "no ceiling". */
interface OnDemandThroughput {
  maxReadRequestUnits: number;
  maxWriteRequestUnits: number;
}

function ceiling({ onDemandThroughput }: Pick<TableInputs, "onDemandThroughput">): OnDemandThroughput {
  const { maxReadRequestUnits, maxWriteRequestUnits } = onDemandThroughput ?? {};
  return { maxReadRequestUnits: maxReadRequestUnits || -1, maxWriteRequestUnits: maxWriteRequestUnits || -1 };
}

function stream({ streamEnabled, streamViewType }: TableInputs) {
  return streamEnabled ? { StreamEnabled: true, StreamViewType: streamViewType } : { StreamEnabled: false };
}

function encryption({ serverSideEncryption }: TableInputs) {
  return serverSideEncryption?.enabled
    ? { Enabled: true, SSEType: "KMS" as const, KMSMasterKeyId: serverSideEncryption.kmsKeyArn }
    : { Enabled: false };
}

/** The inputs that DescribeTable tells. */
export function describedInputs(found: TableDescription) {
  const key = (type: string) => found.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const provisioned = found.BillingModeSummary?.BillingMode !== "PAY_PER_REQUEST";
  const encrypted = found.SSEDescription?.Status === "ENABLED";
  return {
    name: found.TableName,
    attributes: found.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => ({
      name: AttributeName,
      type: AttributeType,
    })),
    hashKey: key("HASH"),
    rangeKey: key("RANGE"),
    billingMode: provisioned ? "PROVISIONED" : "PAY_PER_REQUEST",
    readCapacity: provisioned ? found.ProvisionedThroughput?.ReadCapacityUnits : 0,
    writeCapacity: provisioned ? found.ProvisionedThroughput?.WriteCapacityUnits : 0,
    onDemandThroughput: describedThroughput(found),
    streamEnabled: found.StreamSpecification?.StreamEnabled ?? false,
    streamViewType: found.StreamSpecification?.StreamViewType ?? "",
    serverSideEncryption: {
      enabled: encrypted,
      kmsKeyArn: encrypted ? found.SSEDescription?.KMSMasterKeyArn : undefined,
    },
    deletionProtectionEnabled: found.DeletionProtectionEnabled ?? false,
    tableClass: found.TableClassSummary?.TableClass,
  };
}

/** Nothing but zeros where there is no ceiling at all, so that an imported table has no such input. */
function describedThroughput({ OnDemandThroughput: found }: TableDescription): OnDemandThroughput {
  const [read = -1, write = -1] = [found?.MaxReadRequestUnits, found?.MaxWriteRequestUnits];
  return read > 0 || write > 0
    ? { maxReadRequestUnits: read, maxWriteRequestUnits: write }
    : { maxReadRequestUnits: 0, maxWriteRequestUnits: 0 };
}

/**
 * What separates the table from the inputs, in the order in which it is changed: one kind of change a call, for
 * DynamoDB refuses some together.
 */
export function tableChanges(
  inputs: TableInputs,
  found: TableDescription,
): Omit<UpdateTableCommandInput, "TableName">[] {
  const now = describedInputs(found);
  return [
    ...streamChanges(inputs, now),
    ...(sameCapacity(inputs, now) ? [] : [capacity(inputs, now)]),
    ...(sameEncryption(inputs, now) ? [] : [{ SSESpecification: encryption(inputs) }]),
    ...((inputs.tableClass ?? "STANDARD") === (now.tableClass ?? "STANDARD")
      ? []
      : [{ TableClass: inputs.tableClass ?? "STANDARD" }]),
    ...((inputs.deletionProtectionEnabled ?? false) === now.deletionProtectionEnabled
      ? []
      : [{ DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false }]),
  ];
}

type Described = ReturnType<typeof describedInputs>;

/** A stream's view cannot be changed: the stream is ended, and a new one, with another ARN, begun. */
function streamChanges(inputs: TableInputs, now: Described) {
  const wanted = inputs.streamEnabled ?? false;
  const sameView = !wanted || inputs.streamViewType === now.streamViewType;
  if (wanted === now.streamEnabled && sameView) {
    return [];
  }
  const end = { StreamSpecification: { StreamEnabled: false } };
  const begin = { StreamSpecification: stream(inputs) };
  return now.streamEnabled ? [end, ...(wanted ? [begin] : [])] : [begin];
}

function sameCapacity(inputs: TableInputs, now: Described): boolean {
  if ((inputs.billingMode ?? "PROVISIONED") !== now.billingMode) {
    return false;
  }
  return now.billingMode === "PROVISIONED"
    ? inputs.readCapacity === now.readCapacity && inputs.writeCapacity === now.writeCapacity
    : isDeepStrictEqual(ceiling(inputs), ceiling(now));
}

function sameEncryption(inputs: TableInputs, now: Described): boolean {
  const wanted = inputs.serverSideEncryption;
  return (
    (wanted?.enabled ?? false) === now.serverSideEncryption.enabled &&
    (!wanted?.enabled ||
      wanted.kmsKeyArn === undefined ||
      wanted.kmsKeyArn === now.serverSideEncryption.kmsKeyArn)
  );
}
