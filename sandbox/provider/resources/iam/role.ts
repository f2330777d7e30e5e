import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { canonicalJson, type Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { tagChanges, tagList, tagMap } from "../../tags";
import { unlessError } from "../../waitFor";

const GONE = ["NoSuchEntityException", "NoSuchEntity"];

/** What IAM takes where nothing is said, in seconds. */
const DEFAULT_SESSION = 3600;

interface Inputs {
  name: string;
  assumeRolePolicy: string;
  path?: string;
  description?: string;
  maxSessionDuration?: number;
  permissionsBoundary?: string;
  managedPolicyArns?: string[];
  tags?: Record<string, string>;
}

/** aws.iam.Role on the sandbox's IAM. */
export const role: ResourceType = {
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 64 },
  replaceOn: ["name", "namePrefix", "path"],
  sets: ["managedPolicyArns"],
  documents: ["assumeRolePolicy"],
  providerOnly: ["forceDetachPolicies"],
  // Deprecated by the real provider; a RolePolicy does the same.
  unsupported: ["inlinePolicies"],

  async create(properties, { clients, made }) {
    const inputs = properties as unknown as Inputs;
    await clients.iam.send(
      new CreateRoleCommand({
        RoleName: inputs.name,
        AssumeRolePolicyDocument: inputs.assumeRolePolicy,
        Path: inputs.path,
        Description: inputs.description,
        MaxSessionDuration: inputs.maxSessionDuration,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: inputs.tags && tagList(inputs.tags),
      }),
    );
    made(inputs.name);
    for (const PolicyArn of inputs.managedPolicyArns ?? []) {
      await clients.iam.send(new AttachRolePolicyCommand({ RoleName: inputs.name, PolicyArn }));
    }
    return inputs.name;
  },

  async read(id, context) {
    const answer = await unlessError(context.clients.iam.send(new GetRoleCommand({ RoleName: id })), ...GONE);
    const found = answer?.Role;
    if (found === undefined) {
      return undefined;
    }
    const { Tags } = await context.clients.iam.send(new ListRoleTagsCommand({ RoleName: id }));
    return {
      inputs: {
        name: found.RoleName,
        assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
        path: found.Path,
        description: found.Description ?? "",
        maxSessionDuration: found.MaxSessionDuration ?? DEFAULT_SESSION,
        permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
        managedPolicyArns: await attached(id, context),
        tags: tagMap(Tags),
      },
      outputs: {
        arn: found.Arn,
        createDate: found.CreateDate?.toISOString(),
        uniqueId: found.RoleId,
      },
    };
  },

  async update(id, properties, oldProperties, { clients }) {
    const [inputs, old] = [properties as unknown as Inputs, oldProperties as unknown as Inputs];
    const RoleName = id;
    if (canonicalJson(inputs.assumeRolePolicy) !== canonicalJson(old.assumeRolePolicy)) {
      await clients.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: inputs.assumeRolePolicy }),
      );
    }
    if (inputs.description !== old.description || inputs.maxSessionDuration !== old.maxSessionDuration) {
      await clients.iam.send(
        new UpdateRoleCommand({
          RoleName,
          Description: inputs.description ?? "",
          MaxSessionDuration: inputs.maxSessionDuration ?? DEFAULT_SESSION,
        }),
      );
    }
    if (inputs.permissionsBoundary !== old.permissionsBoundary) {
      await (inputs.permissionsBoundary === undefined
        ? clients.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))
        : clients.iam.send(
            new PutRolePermissionsBoundaryCommand({
              RoleName,
              PermissionsBoundary: inputs.permissionsBoundary,
            }),
          ));
    }
    await updateAttachments(RoleName, old, inputs, clients);
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await clients.iam.send(new UntagRoleCommand({ RoleName, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await clients.iam.send(new TagRoleCommand({ RoleName, Tags: tagList(set) }));
    }
  },

  async delete(id, state, context) {
    if ((await this.read(id, context, {})) === undefined) {
      return;
    }
    await release(id, state, context);
    await unlessError(context.clients.iam.send(new DeleteRoleCommand({ RoleName: id })), ...GONE);
  },
};

async function attached(RoleName: string, { clients }: Context): Promise<string[]> {
  const { AttachedPolicies } = await clients.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return (AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []);
}

async function updateAttachments(RoleName: string, old: Inputs, inputs: Inputs, clients: Context["clients"]) {
  if (inputs.managedPolicyArns === undefined) {
    return;
  }
  const wanted = inputs.managedPolicyArns;
  const before = old.managedPolicyArns ?? [];
  for (const PolicyArn of before.filter((policy) => !wanted.includes(policy))) {
    await clients.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  for (const PolicyArn of wanted.filter((policy) => !before.includes(policy))) {
    await clients.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
}

/** As the real provider: policies that something else attached keep a role from being deleted, unless forced. */
async function release(RoleName: string, state: Properties, context: Context): Promise<void> {
  const { iam } = context.clients;
  const force = state.forceDetachPolicies === true;
  const own = Array.isArray(state.managedPolicyArns) ? state.managedPolicyArns : [];
  for (const PolicyArn of await attached(RoleName, context)) {
    if (force || own.includes(PolicyArn)) {
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
  }
  if (force) {
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames ?? []) {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    }
  }
}
