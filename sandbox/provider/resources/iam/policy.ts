import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from "@aws-sdk/client-iam";
import { canonicalJson } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { tagChanges, tagList, tagMap } from "../../tags";
import { unlessError } from "../../waitFor";

const GONE = ["NoSuchEntityException", "NoSuchEntity"];

/** aws.iam.Policy: a managed policy. Its id is its ARN. */
export const policy: ResourceType = {
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
  replaceOn: ["name", "namePrefix", "path", "description"],
  documents: ["policy"],
  // It only chooses how often IAM is asked.
  providerOnly: ["delayAfterPolicyCreationInMs"],

  async create(inputs, { clients }) {
    const { Policy } = await clients.iam.send(
      new CreatePolicyCommand({
        PolicyName: String(inputs.name),
        PolicyDocument: String(inputs.policy),
        Path: inputs.path as string | undefined,
        Description: inputs.description as string | undefined,
        Tags: tagList(inputs.tags),
      }),
    );
    return Policy?.Arn ?? "";
  },

  async read(id, { clients }) {
    const answer = await unlessError(clients.iam.send(new GetPolicyCommand({ PolicyArn: id })), ...GONE);
    const found = answer?.Policy;
    if (found === undefined) {
      return undefined;
    }
    const { PolicyVersion } = await clients.iam.send(
      new GetPolicyVersionCommand({ PolicyArn: id, VersionId: found.DefaultVersionId }),
    );
    return {
      inputs: {
        name: found.PolicyName,
        path: found.Path,
        description: found.Description ?? "",
        policy: decodeURIComponent(PolicyVersion?.Document ?? ""),
        tags: tagMap(found.Tags),
      },
      outputs: { arn: id, attachmentCount: found.AttachmentCount ?? 0, policyId: found.PolicyId },
    };
  },

  async update(id, inputs, old, context) {
    const { iam } = context.clients;
    if (canonicalJson(inputs.policy) !== canonicalJson(old.policy)) {
      // IAM keeps five versions; as the real provider, the old ones are given up.
      await deleteOldVersions(id, context);
      await iam.send(
        new CreatePolicyVersionCommand({
          PolicyArn: id,
          PolicyDocument: String(inputs.policy),
          SetAsDefault: true,
        }),
      );
    }
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await iam.send(new UntagPolicyCommand({ PolicyArn: id, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await iam.send(new TagPolicyCommand({ PolicyArn: id, Tags: tagList(set) }));
    }
  },

  async delete(id, _state, context) {
    if (
      (await unlessError(
        deleteOldVersions(id, context).then(() => true),
        ...GONE,
      )) === true
    ) {
      await unlessError(context.clients.iam.send(new DeletePolicyCommand({ PolicyArn: id })), ...GONE);
    }
  },
};

async function deleteOldVersions(PolicyArn: string, { clients }: Context): Promise<void> {
  const { Versions } = await clients.iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId } of (Versions ?? []).filter(({ IsDefaultVersion }) => !IsDefaultVersion)) {
    await clients.iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  }
}
