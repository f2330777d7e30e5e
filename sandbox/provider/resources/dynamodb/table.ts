import { isDeepStrictEqual } from "node:util";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  type TableDescription,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { Context, ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import { tagChanges, tagList, tagMap } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";

interface Attribute {
  name: string;
  type: "S" | "N" | "B";
}

interface Inputs {
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

/** aws.dynamodb.Table on the sandbox's DynamoDB. */
export const table: ResourceType = {
  autoName: { property: "name" },
  replaceOn: ["name", "hashKey", "rangeKey"],
  replacesFor: (property, old, inputs) =>
    property === "attributes" &&
    !isDeepStrictEqual(keyAttributes(old as never), keyAttributes(inputs as never)),
  sets: ["attributes"],
  unsupported: [
    "globalSecondaryIndexes",
    "globalTableWitness",
    "importTable",
    "localSecondaryIndexes",
    "replicas",
    "restoreBackupArn",
    "restoreDateTime",
    "restoreSourceName",
    "restoreSourceTableArn",
    "restoreToLatestTime",
    "warmThroughput",
  ],
  check: (inputs) => checkTable(inputs as unknown as Inputs),
  changes: (old, inputs) =>
    old.streamEnabled === inputs.streamEnabled && old.streamViewType === inputs.streamViewType
      ? []
      : ["streamArn", "streamLabel"],

  async create(properties, context) {
    const inputs = properties as unknown as Inputs;
    await context.clients.dynamodb.send(
      new CreateTableCommand({
        TableName: inputs.name,
        AttributeDefinitions: inputs.attributes?.map(({ name, type }) => ({
          AttributeName: name,
          AttributeType: type,
        })),
        KeySchema: [
          { AttributeName: inputs.hashKey, KeyType: "HASH" },
          ...(inputs.rangeKey ? [{ AttributeName: inputs.rangeKey, KeyType: "RANGE" as const }] : []),
        ],
        ...capacity(inputs, NO_CEILING),
        ...(inputs.streamEnabled && { StreamSpecification: stream(inputs) }),
        ...(inputs.serverSideEncryption?.enabled && { SSESpecification: encryption(inputs) }),
        TableClass: inputs.tableClass,
        DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
        Tags: inputs.tags && tagList(inputs.tags),
      }),
    );
    context.made(inputs.name);
    await active(inputs.name, context);
    await updateBackups(undefined, inputs, context);
    await updateTimeToLive(undefined, inputs, context);
    return inputs.name;
  },

  async read(id, context) {
    const { dynamodb } = context.clients;
    const found = await describe(id, context);
    if (found === undefined || found.TableStatus === "DELETING") {
      return undefined;
    }
    const arn = found.TableArn ?? "";
    const [backups, ttl, tags] = await Promise.all([
      dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: id })),
      dynamodb.send(new DescribeTimeToLiveCommand({ TableName: id })),
      dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arn })),
    ]);
    const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    const timeToLive = ttl.TimeToLiveDescription;
    return {
      inputs: {
        ...describedInputs(found),
        pointInTimeRecovery: {
          enabled: recovery?.PointInTimeRecoveryStatus === "ENABLED",
          recoveryPeriodInDays: recovery?.RecoveryPeriodInDays,
        },
        ttl: {
          enabled: timeToLive?.TimeToLiveStatus === "ENABLED",
          attributeName: timeToLive?.AttributeName,
        },
        tags: tagMap(tags.Tags),
      },
      outputs: {
        arn,
        streamArn: found.LatestStreamArn ?? "",
        streamLabel: found.LatestStreamLabel ?? "",
      },
    };
  },

  async update(id, properties, oldProperties, context) {
    const [inputs, old] = [properties as unknown as Inputs, oldProperties as unknown as Inputs];
    const { dynamodb } = context.clients;
    const found = await active(id, context);
    // One kind of change a call, and ACTIVE between them: DynamoDB refuses some together and all while it is UPDATING.
    for (const change of tableChanges(inputs, found)) {
      await dynamodb.send(new UpdateTableCommand({ TableName: id, ...change }));
      await active(id, context);
    }
    await updateBackups(old, inputs, context);
    await updateTimeToLive(old, inputs, context);
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    const ResourceArn = found.TableArn;
    if (remove.length > 0) {
      await dynamodb.send(new UntagResourceCommand({ ResourceArn, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await dynamodb.send(new TagResourceCommand({ ResourceArn, Tags: tagList(set) }));
    }
  },

  async delete(id, _state, context) {
    const gone = await unlessError(
      context.clients.dynamodb.send(new DeleteTableCommand({ TableName: id })),
      "ResourceNotFoundException",
    );
    if (gone !== undefined) {
      await waitFor(context, `table ${id} to be gone`, async () =>
        (await describe(id, context)) === undefined ? true : undefined,
      );
    }
  },
};

/** The key's attributes with their types: another key is another table. */
function keyAttributes({ attributes, hashKey, rangeKey }: Inputs): (Attribute | undefined)[] {
  const list = Array.isArray(attributes) ? attributes : [];
  return [hashKey, rangeKey].map((key) => list.find(({ name }) => name === key));
}

function checkTable(inputs: Inputs): CheckFailure[] {
  const failures = checkKey(inputs);
  if (inputs.streamEnabled === true && !inputs.streamViewType) {
    failures.push({ property: "streamViewType", reason: "it is required where streamEnabled is true" });
  }
  if (inputs.billingMode !== "PAY_PER_REQUEST" && (!inputs.readCapacity || !inputs.writeCapacity)) {
    failures.push({
      property: inputs.readCapacity ? "writeCapacity" : "readCapacity",
      reason: 'it must be 1 or more where billingMode is not "PAY_PER_REQUEST"',
    });
  }
  return failures;
}

function checkKey({ attributes, hashKey, rangeKey }: Inputs): CheckFailure[] {
  if (hashKey === undefined) {
    return [{ property: "hashKey", reason: "the table's partition key is missing" }];
  }
  const names = (attributes ?? []).map(({ name }) => name);
  const keys = Object.entries({ hashKey, rangeKey }).filter(([, key]) => key !== undefined);
  const missing = keys
    .filter(([, key]) => !names.includes(key as string))
    .map(([property, key]) => ({
      property,
      reason: `"${key}" is not among the attributes: ${names.join(", ")}`,
    }));
  const idle = names
    .filter((name) => name !== hashKey && name !== rangeKey)
    .map((name) => ({
      property: `attributes[${names.indexOf(name)}]`,
      reason: `all attributes must be indexed; "${name}" is no key. Leave it out: items may have it all the same`,
    }));
  return [...missing, ...idle];
}

function describe(name: string, { clients }: Context): Promise<TableDescription | undefined> {
  const answer = clients.dynamodb.send(new DescribeTableCommand({ TableName: name }));
  return unlessError(
    answer.then(({ Table }) => Table),
    "ResourceNotFoundException",
  );
}

function active(name: string, context: Context): Promise<TableDescription> {
  return waitFor(context, `table ${name} to be ACTIVE`, async () => {
    const found = await describe(name, context);
    if (found === undefined) {
      throw new Error(`table ${name} does not exist`);
    }
    const encrypting =
      found.SSEDescription?.Status === "ENABLING" || found.SSEDescription?.Status === "UPDATING";
    return found.TableStatus === "ACTIVE" && !encrypting ? found : undefined;
  });
}

function capacity(
  inputs: Inputs,
  now: OnDemandThroughput,
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
  const same = isDeepStrictEqual(ceiling(inputs), now);
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

const NO_CEILING: OnDemandThroughput = { maxReadRequestUnits: -1, maxWriteRequestUnits: -1 };

function ceiling({ onDemandThroughput }: Inputs): OnDemandThroughput {
  return { ...NO_CEILING, ...onDemandThroughput };
}

function stream({ streamEnabled, streamViewType }: Inputs) {
  return streamEnabled ? { StreamEnabled: true, StreamViewType: streamViewType } : { StreamEnabled: false };
}

function encryption({ serverSideEncryption }: Inputs) {
  return serverSideEncryption?.enabled
    ? { Enabled: true, SSEType: "KMS" as const, KMSMasterKeyId: serverSideEncryption.kmsKeyArn }
    : { Enabled: false };
}

function describedInputs(found: TableDescription) {
  const key = (type: string) => found.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const provisioned = found.BillingModeSummary?.BillingMode !== "PAY_PER_REQUEST";
  const encrypted = found.SSEDescription?.Status === "ENABLED";
  const onDemand = found.OnDemandThroughput;
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
    onDemandThroughput: {
      maxReadRequestUnits: onDemand?.MaxReadRequestUnits ?? -1,
      maxWriteRequestUnits: onDemand?.MaxWriteRequestUnits ?? -1,
    },
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

/** What separates the table from the inputs, in the order in which it is changed. */
function tableChanges(inputs: Inputs, found: TableDescription): Omit<UpdateTableCommandInput, "TableName">[] {
  const now = describedInputs(found);
  return [
    ...streamChanges(inputs, now),
    ...(sameCapacity(inputs, now) ? [] : [capacity(inputs, now.onDemandThroughput)]),
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
function streamChanges(inputs: Inputs, now: Described) {
  const wanted = inputs.streamEnabled ?? false;
  const sameView = !wanted || inputs.streamViewType === now.streamViewType;
  if (wanted === now.streamEnabled && sameView) {
    return [];
  }
  const end = { StreamSpecification: { StreamEnabled: false } };
  const begin = { StreamSpecification: stream(inputs) };
  return now.streamEnabled ? [end, ...(wanted ? [begin] : [])] : [begin];
}

function sameCapacity(inputs: Inputs, now: Described): boolean {
  if ((inputs.billingMode ?? "PROVISIONED") !== now.billingMode) {
    return false;
  }
  return now.billingMode === "PROVISIONED"
    ? inputs.readCapacity === now.readCapacity && inputs.writeCapacity === now.writeCapacity
    : isDeepStrictEqual(ceiling(inputs), now.onDemandThroughput);
}

function sameEncryption(inputs: Inputs, now: Described): boolean {
  const wanted = inputs.serverSideEncryption;
  return (
    (wanted?.enabled ?? false) === now.serverSideEncryption.enabled &&
    (!wanted?.enabled ||
      wanted.kmsKeyArn === undefined ||
      wanted.kmsKeyArn === now.serverSideEncryption.kmsKeyArn)
  );
}

async function updateBackups(old: Inputs | undefined, inputs: Inputs, context: Context): Promise<void> {
  const [before, wanted] = [old?.pointInTimeRecovery, inputs.pointInTimeRecovery];
  if (isDeepStrictEqual(before, wanted) || (!before && !wanted?.enabled)) {
    return;
  }
  await context.clients.dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName: inputs.name,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: wanted?.enabled ?? false,
        ...(wanted?.enabled && { RecoveryPeriodInDays: wanted.recoveryPeriodInDays }),
      },
    }),
  );
}

async function updateTimeToLive(old: Inputs | undefined, inputs: Inputs, context: Context): Promise<void> {
  const attribute = inputs.ttl?.attributeName ?? old?.ttl?.attributeName;
  const [before, wanted] = [old?.ttl?.enabled ?? false, inputs.ttl?.enabled ?? false];
  if (attribute !== undefined && before !== wanted) {
    await context.clients.dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: inputs.name,
        TimeToLiveSpecification: { AttributeName: attribute, Enabled: wanted },
      }),
    );
  }
}
