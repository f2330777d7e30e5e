import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import type { ResourceType } from "../../resourceType";
import { tagChanges, tagList, tagMap } from "../../tags";
import { unlessError } from "../../waitFor";

/** How long a deleted secret can be had back where nothing is said, in days. */
const DEFAULT_RECOVERY = 30;

/** aws.secretsmanager.Secret on the sandbox's Secrets Manager. Its id is its ARN. */
export const secret: ResourceType = {
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 512 },
  replaceOn: ["name", "namePrefix"],
  providerOnly: ["forceOverwriteReplicaSecret", "recoveryWindowInDays"],
  unsupported: ["policy", "replicas", "type"],

  async create(inputs, { clients }) {
    const { ARN } = await clients.secrets.send(
      new CreateSecretCommand({
        Name: String(inputs.name),
        Description: inputs.description as string | undefined,
        KmsKeyId: inputs.kmsKeyId as string | undefined,
        Tags: tagList(inputs.tags),
      }),
    );
    return ARN ?? "";
  },

  async read(id, { clients }) {
    const found = await unlessError(
      clients.secrets.send(new DescribeSecretCommand({ SecretId: id })),
      "ResourceNotFoundException",
    );
    return found === undefined || found.DeletedDate !== undefined
      ? undefined
      : {
          inputs: {
            name: found.Name,
            description: found.Description ?? "",
            kmsKeyId: found.KmsKeyId ?? "",
            tags: tagMap(found.Tags),
          },
          outputs: { arn: found.ARN, policy: "", replicas: [] },
        };
  },

  async update(id, inputs, old, { clients }) {
    if (inputs.description !== old.description || inputs.kmsKeyId !== old.kmsKeyId) {
      await clients.secrets.send(
        new UpdateSecretCommand({
          SecretId: id,
          Description: String(inputs.description ?? ""),
          KmsKeyId: inputs.kmsKeyId as string | undefined,
        }),
      );
    }
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await clients.secrets.send(new UntagResourceCommand({ SecretId: id, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await clients.secrets.send(new TagResourceCommand({ SecretId: id, Tags: tagList(set) }));
    }
  },

  async delete(id, state, { clients }) {
    const days = Number(state.recoveryWindowInDays ?? DEFAULT_RECOVERY);
    await unlessError(
      clients.secrets.send(
        new DeleteSecretCommand({
          SecretId: id,
          ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
        }),
      ),
      "ResourceNotFoundException",
    );
  },
};
