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
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { Context, ResourceType } from "../../resourceType";
import type { CheckFailure } from "../../schema";
import {
  type Attribute,
  createParameters,
  describedInputs,
  type TableInputs as Inputs,
  tableChanges,
} from "../../tableRequests";
import { tagChanges, tagList, tagMap } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";

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
    await context.clients.dynamodb.send(new CreateTableCommand(createParameters(inputs)));
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
