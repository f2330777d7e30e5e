import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { unlessError } from "../../waitFor";

const GONE = ["NoSuchEntityException", "NoSuchEntity"];

/** aws.iam.RolePolicy: a role's inline policy. Its id is `role:name`. */
export const rolePolicy: ResourceType = {
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
  replaceOn: ["name", "namePrefix", "role"],
  documents: ["policy"],

  async create(inputs, context) {
    await put(inputs, context);
    return `${inputs.role}:${inputs.name}`;
  },

  async read(id, { clients }) {
    const found = await unlessError(clients.iam.send(new GetRolePolicyCommand(place(id))), ...GONE);
    return (
      found && {
        inputs: {
          name: found.PolicyName,
          role: found.RoleName,
          policy: decodeURIComponent(found.PolicyDocument ?? ""),
        },
        outputs: {},
      }
    );
  },

  async update(_id, inputs, _old, context) {
    await put(inputs, context);
  },

  async delete(id, _state, { clients }) {
    await unlessError(clients.iam.send(new DeleteRolePolicyCommand(place(id))), ...GONE);
  },
};

function place(id: string): { RoleName: string; PolicyName: string } {
  const [RoleName = "", PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
}

async function put({ role, name, policy }: Properties, { clients }: Context): Promise<void> {
  await clients.iam.send(
    new PutRolePolicyCommand({
      RoleName: String(role),
      PolicyName: String(name),
      PolicyDocument: String(policy),
    }),
  );
}
