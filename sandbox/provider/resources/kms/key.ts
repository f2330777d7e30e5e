import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KeySpec,
  type KeyUsageType,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { canonicalJson, type Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { tagChanges } from "../../tags";
import { isError, unlessError } from "../../waitFor";

const POLICY_NAME = "default";

/** aws.kms.Key on the sandbox's KMS. A deleted key waits for its deletion window, as everywhere. */
export const key: ResourceType = {
  replaceOn: ["customerMasterKeySpec", "customKeyStoreId", "keyUsage", "multiRegion", "xksKeyId"],
  documents: ["policy"],
  providerOnly: ["bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"],
  unsupported: ["customKeyStoreId", "xksKeyId"],

  async create(inputs, context) {
    const { KeyMetadata } = await context.clients.kms.send(
      new CreateKeyCommand({
        Description: inputs.description as string | undefined,
        KeySpec: inputs.customerMasterKeySpec as KeySpec | undefined,
        KeyUsage: inputs.keyUsage as KeyUsageType | undefined,
        MultiRegion: inputs.multiRegion as boolean | undefined,
        Policy: inputs.policy as string | undefined,
        Tags: Object.entries((inputs.tags ?? {}) as Record<string, string>).map(([TagKey, TagValue]) => ({
          TagKey,
          TagValue,
        })),
      }),
    );
    const id = KeyMetadata?.KeyId ?? "";
    context.made(id);
    await applyRotation(id, inputs, context);
    if (inputs.isEnabled === false) {
      await context.clients.kms.send(new DisableKeyCommand({ KeyId: id }));
    }
    return id;
  },

  async read(id, context, known) {
    const { kms } = context.clients;
    const answer = await unlessError(kms.send(new DescribeKeyCommand({ KeyId: id })), "NotFoundException");
    const found = answer?.KeyMetadata;
    if (found === undefined || found.KeyState === "PendingDeletion") {
      return undefined;
    }
    const [policy, rotation, tags] = await Promise.all([
      kms.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: POLICY_NAME })),
      rotationOf(id, context),
      kms.send(new ListResourceTagsCommand({ KeyId: id })),
    ]);
    return {
      inputs: {
        description: found.Description ?? "",
        customerMasterKeySpec: found.KeySpec ?? "SYMMETRIC_DEFAULT",
        keyUsage: found.KeyUsage,
        multiRegion: found.MultiRegion ?? false,
        isEnabled: found.Enabled ?? true,
        enableKeyRotation: rotation.enabled,
        rotationPeriodInDays: rotation.period ?? known.rotationPeriodInDays,
        policy: policy.Policy,
        tags: Object.fromEntries((tags.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue])),
      },
      outputs: { arn: found.Arn, keyId: found.KeyId },
    };
  },

  async update(id, inputs, old, context) {
    const { kms } = context.clients;
    // What is switched off takes no other change: on first, off last.
    if (inputs.isEnabled !== false && old.isEnabled === false) {
      await kms.send(new EnableKeyCommand({ KeyId: id }));
    }
    if (inputs.description !== old.description) {
      await kms.send(
        new UpdateKeyDescriptionCommand({ KeyId: id, Description: String(inputs.description ?? "") }),
      );
    }
    if (inputs.policy !== undefined && canonicalJson(inputs.policy) !== canonicalJson(old.policy)) {
      await kms.send(
        new PutKeyPolicyCommand({ KeyId: id, PolicyName: POLICY_NAME, Policy: String(inputs.policy) }),
      );
    }
    await applyRotation(id, inputs, context);
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await kms.send(new UntagResourceCommand({ KeyId: id, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      const Tags = Object.entries(set).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
      await kms.send(new TagResourceCommand({ KeyId: id, Tags }));
    }
    if (inputs.isEnabled === false && old.isEnabled !== false) {
      await kms.send(new DisableKeyCommand({ KeyId: id }));
    }
  },

  async delete(id, state, { clients }) {
    const PendingWindowInDays = Number(state.deletionWindowInDays ?? 30);
    try {
      await clients.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays }));
    } catch (error) {
      const waiting = isError(error, "KMSInvalidStateException") && /pending deletion/i.test(String(error));
      if (!waiting && !isError(error, "NotFoundException")) {
        throw error;
      }
    }
  },
};

async function rotationOf(KeyId: string, { clients }: Context) {
  const status = await unlessError(
    clients.kms.send(new GetKeyRotationStatusCommand({ KeyId })),
    // Keys that sign do not rotate.
    "UnsupportedOperationException",
  );
  return { enabled: status?.KeyRotationEnabled ?? false, period: status?.RotationPeriodInDays };
}

async function applyRotation(KeyId: string, inputs: Properties, context: Context): Promise<void> {
  const { kms } = context.clients;
  const now = await rotationOf(KeyId, context);
  const period = inputs.rotationPeriodInDays as number | undefined;
  const samePeriod = period === undefined || period === now.period;
  if (inputs.enableKeyRotation === true && (!now.enabled || !samePeriod)) {
    await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: period }));
  }
  if (inputs.enableKeyRotation !== true && now.enabled) {
    await kms.send(new DisableKeyRotationCommand({ KeyId }));
  }
}
