import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { ResourceType } from "../../resourceType";
import { unlessError } from "../../waitFor";

const GONE = ["NoSuchEntityException", "NoSuchEntity"];

/** aws.iam.RolePolicyAttachment. Its id is `role/policy ARN`, as an import of it is written. */
export const rolePolicyAttachment: ResourceType = {
  replaceOn: ["role", "policyArn"],

  async create({ role, policyArn }, { clients }) {
    await clients.iam.send(
      new AttachRolePolicyCommand({ RoleName: String(role), PolicyArn: String(policyArn) }),
    );
    return `${role}/${policyArn}`;
  },

  async read(id, { clients }) {
    const { role, policyArn } = parts(id);
    const found = await unlessError(
      clients.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role })),
      ...GONE,
    );
    const attached = found?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn) ?? false;
    return attached ? { inputs: { role, policyArn }, outputs: {} } : undefined;
  },

  async update() {
    // Both of its inputs need another one.
  },

  async delete(id, _state, { clients }) {
    const { role, policyArn } = parts(id);
    await unlessError(
      clients.iam.send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })),
      ...GONE,
    );
  },
};

function parts(id: string): { role: string; policyArn: string } {
  const slash = id.indexOf("/");
  return { role: id.slice(0, slash), policyArn: id.slice(slash + 1) };
}
