import {
  AssociateKmsKeyCommand,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DisassociateKmsKeyCommand,
  ListTagsForResourceCommand,
  type LogGroupClass,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Context, ResourceType } from "../../resourceType";
import { tagChanges } from "../../tags";
import { unlessError } from "../../waitFor";

/** aws.cloudwatch.LogGroup on the sandbox's CloudWatch Logs. Its id is its name. */
export const logGroup: ResourceType = {
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 512 },
  replaceOn: ["name", "namePrefix", "logGroupClass"],
  providerOnly: ["skipDestroy"],
  unsupported: ["deletionProtectionEnabled"],

  async create(inputs, { clients, made }) {
    const logGroupName = String(inputs.name);
    await clients.logs.send(
      new CreateLogGroupCommand({
        logGroupName,
        kmsKeyId: inputs.kmsKeyId as string | undefined,
        logGroupClass: inputs.logGroupClass as LogGroupClass | undefined,
        tags: inputs.tags as Record<string, string> | undefined,
      }),
    );
    made(logGroupName);
    await putRetention(logGroupName, inputs.retentionInDays, clients);
    return logGroupName;
  },

  async read(id, context, known) {
    const found = await find(id, context);
    if (found === undefined) {
      return undefined;
    }
    const arn = arnOf(id, context);
    const { tags } = await context.clients.logs.send(new ListTagsForResourceCommand({ resourceArn: arn }));
    return {
      inputs: {
        name: found.logGroupName,
        retentionInDays: found.retentionInDays ?? 0,
        kmsKeyId: found.kmsKeyId ?? "",
        logGroupClass: found.logGroupClass ?? known.logGroupClass ?? "STANDARD",
        tags: tags ?? {},
      },
      outputs: { arn },
    };
  },

  async update(id, inputs, old, context) {
    const { logs } = context.clients;
    if (inputs.retentionInDays !== old.retentionInDays) {
      await putRetention(id, inputs.retentionInDays, context.clients);
    }
    if (inputs.kmsKeyId !== old.kmsKeyId) {
      await (inputs.kmsKeyId
        ? logs.send(new AssociateKmsKeyCommand({ logGroupName: id, kmsKeyId: String(inputs.kmsKeyId) }))
        : logs.send(new DisassociateKmsKeyCommand({ logGroupName: id })));
    }
    const resourceArn = arnOf(id, context);
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await logs.send(new TagResourceCommand({ resourceArn, tags: set }));
    }
  },

  async delete(id, { skipDestroy }, { clients }) {
    if (skipDestroy !== true) {
      await unlessError(
        clients.logs.send(new DeleteLogGroupCommand({ logGroupName: id })),
        "ResourceNotFoundException",
      );
    }
  },
};

function arnOf(name: string, { partition, region, accountId }: Context): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
}

async function find(name: string, { clients }: Context) {
  const { logGroups } = await clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups?.find(({ logGroupName }) => logGroupName === name);
}

async function putRetention(
  logGroupName: string,
  days: unknown,
  { logs }: Context["clients"],
): Promise<void> {
  if (days) {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: Number(days) }));
  } else {
    await unlessError(
      logs.send(new DeleteRetentionPolicyCommand({ logGroupName })),
      "ResourceNotFoundException",
    );
  }
}
