import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import type { Context, ResourceType } from "../../resourceType";
import { unlessError } from "../../waitFor";

/** aws.kms.Alias. Its id is its name, with `alias/`. */
export const alias: ResourceType = {
  autoName: { property: "name", prefixProperty: "namePrefix", lead: "alias/", maxLength: 256 },
  replaceOn: ["name", "namePrefix"],
  check: ({ name }) =>
    typeof name === "string" && !/^alias\/[\w/-]+$/.test(name)
      ? [
          {
            property: "name",
            reason: `"${name}" must begin with alias/ and hold letters, digits, _, - and / only`,
          },
        ]
      : [],

  async create({ name, targetKeyId }, { clients }) {
    await clients.kms.send(
      new CreateAliasCommand({ AliasName: String(name), TargetKeyId: String(targetKeyId) }),
    );
    return String(name);
  },

  async read(id, context) {
    const found = await find(id, context);
    if (found === undefined) {
      return undefined;
    }
    const { KeyMetadata } = await context.clients.kms.send(
      new DescribeKeyCommand({ KeyId: found.TargetKeyId }),
    );
    return {
      inputs: { name: found.AliasName, targetKeyId: found.TargetKeyId },
      outputs: { arn: found.AliasArn, targetKeyArn: KeyMetadata?.Arn },
    };
  },

  async update(id, { targetKeyId }, _old, { clients }) {
    await clients.kms.send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: String(targetKeyId) }));
  },

  async delete(id, _state, { clients }) {
    await unlessError(clients.kms.send(new DeleteAliasCommand({ AliasName: id })), "NotFoundException");
  },
};

async function find(name: string, { clients }: Context) {
  for (let Marker: string | undefined; ; ) {
    const page = await clients.kms.send(new ListAliasesCommand({ Marker }));
    const found = page.Aliases?.find(({ AliasName }) => AliasName === name);
    if (found !== undefined || !page.Truncated) {
      return found;
    }
    Marker = page.NextMarker;
  }
}
