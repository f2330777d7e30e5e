import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Context, ResourceType } from "../../resourceType";
import { unlessError } from "../../waitFor";

const GONE = ["ResourceNotFoundException", "InvalidRequestException"];

/** aws.secretsmanager.SecretVersion. Its id is `secret ARN|version id`. */
export const secretVersion: ResourceType = {
  replaceOn: ["secretBinary", "secretId", "secretString"],
  sets: ["versionStages"],
  unsupported: ["secretStringWo", "secretStringWoVersion"],
  check: ({ secretBinary, secretString }) =>
    (secretBinary === undefined) === (secretString === undefined)
      ? [{ property: "secretString", reason: "give it or secretBinary, and not both" }]
      : [],

  async create(inputs, { clients }) {
    const { ARN, VersionId } = await clients.secrets.send(
      new PutSecretValueCommand({
        SecretId: String(inputs.secretId),
        SecretString: inputs.secretString as string | undefined,
        ...(typeof inputs.secretBinary === "string" && {
          SecretBinary: Buffer.from(inputs.secretBinary, "base64"),
        }),
        VersionStages: inputs.versionStages as string[] | undefined,
      }),
    );
    return `${ARN}|${VersionId}`;
  },

  async read(id, { clients }, known) {
    const { SecretId, VersionId } = parts(id);
    const found = await unlessError(
      clients.secrets.send(new GetSecretValueCommand({ SecretId, VersionId })),
      ...GONE,
    );
    return (
      found && {
        inputs: {
          // The program may call the secret by its name.
          secretId: known.secretId ?? found.ARN,
          secretString: found.SecretString,
          ...(found.SecretBinary && { secretBinary: Buffer.from(found.SecretBinary).toString("base64") }),
          versionStages: found.VersionStages,
        },
        outputs: {
          arn: found.ARN,
          secretArn: found.ARN,
          versionId: found.VersionId,
          hasSecretStringWo: false,
        },
      }
    );
  },

  async update(id, inputs, old, context) {
    const wanted = (inputs.versionStages as string[] | undefined) ?? ["AWSCURRENT"];
    const before = (old.versionStages as string[] | undefined) ?? [];
    for (const stage of wanted.filter((one) => !before.includes(one))) {
      await moveStage(id, stage, context);
    }
    await dropStages(
      id,
      before.filter((one) => !wanted.includes(one)),
      context,
    );
  },

  async delete(id, _state, context) {
    const { SecretId, VersionId } = parts(id);
    const found = await unlessError(
      context.clients.secrets.send(new DescribeSecretCommand({ SecretId })),
      ...GONE,
    );
    const stages = found?.VersionIdsToStages?.[VersionId] ?? [];
    // The current version cannot be taken away but with its secret; without stages a version fades by itself.
    await dropStages(
      id,
      stages.filter((one) => one !== "AWSCURRENT"),
      context,
    );
  },
};

function parts(id: string): { SecretId: string; VersionId: string } {
  const [SecretId = "", VersionId = ""] = id.split("|");
  return { SecretId, VersionId };
}

async function moveStage(id: string, VersionStage: string, { clients }: Context): Promise<void> {
  const { SecretId, VersionId } = parts(id);
  const { VersionIdsToStages } = await clients.secrets.send(new DescribeSecretCommand({ SecretId }));
  const holder = Object.entries(VersionIdsToStages ?? {}).find(([, stages]) => stages.includes(VersionStage));
  await clients.secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage,
      MoveToVersionId: VersionId,
      RemoveFromVersionId: holder?.[0],
    }),
  );
}

async function dropStages(id: string, stages: string[], { clients }: Context): Promise<void> {
  const { SecretId, VersionId } = parts(id);
  for (const VersionStage of stages) {
    await clients.secrets.send(
      new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId: VersionId }),
    );
  }
}
