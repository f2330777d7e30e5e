import type { Deployment } from "@pulumi/pulumi/automation";

/** A resource that the engine was creating when it was cut off: it may exist, and no state says so. */
export interface PendingCreate {
  urn: string;
  type: string;
  /** Its name on AWS where the inputs have it, else its name in the program. */
  name: string;
}

/** What became of the creations that an update was cut off in. */
export interface SettledCreates {
  /** The state to go on with: nothing is pending in it. */
  deployment: Deployment;
  /** Taken into the state under the id that they have if they exist; a refresh of them finds out. */
  adopted: PendingCreate[];
  /** Those whose id AWS chooses: they must be looked for by hand. */
  unknown: PendingCreate[];
}

type Inputs = Record<string, unknown>;

interface Operation {
  type: string;
  resource: { urn: string; type: string; id?: string; inputs?: Inputs; outputs?: Inputs };
}

/**
 * The types whose id follows from their inputs, and how. They are also the ones that a second creation runs into:
 * AWS refuses the name that exists already.
 */
const IDS: Record<string, (inputs: Inputs) => unknown> = {
  "aws:cloudwatch/logGroup:LogGroup": ({ name }) => name,
  "aws:dms/endpoint:Endpoint": ({ endpointId }) => endpointId,
  "aws:dms/replicationInstance:ReplicationInstance": ({ replicationInstanceId }) => replicationInstanceId,
  "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup": ({ replicationSubnetGroupId }) =>
    replicationSubnetGroupId,
  "aws:dms/replicationTask:ReplicationTask": ({ replicationTaskId }) => replicationTaskId,
  "aws:dynamodb/table:Table": ({ name }) => name,
  "aws:iam/role:Role": ({ name }) => name,
  "aws:kms/alias:Alias": ({ name }) => name,
  "aws:lambda/function:Function": ({ name }) => name,
  "aws:s3/bucket:Bucket": ({ bucket }) => bucket,
};

/** The creations that the last update of a stack was cut off in. Pure. */
export function pendingCreates(deployment: Deployment): PendingCreate[] {
  return creating(deployment).map(({ resource }) => describe(resource));
}

/**
 * Takes the creations that an update was cut off in into the state, as far as their ids are known. Without this the
 * engine forgets them at the next update and creates them again, which AWS refuses where it knows the name. Pure.
 */
export function settlePendingCreates(deployment: Deployment): SettledCreates {
  const state = deployment.deployment as { resources?: Operation["resource"][] };
  const resources = [...(state.resources ?? [])];
  const known = new Set(resources.map(({ urn }) => urn));
  const adopted: PendingCreate[] = [];
  const unknown: PendingCreate[] = [];
  for (const { resource } of creating(deployment)) {
    const id = IDS[resource.type]?.(resource.inputs ?? {});
    // A resource that is in the state already was being replaced: two of one URN would make a broken state.
    if (typeof id !== "string" || id === "" || known.has(resource.urn)) {
      unknown.push(describe(resource));
    } else {
      known.add(resource.urn);
      resources.push({ ...resource, id, outputs: resource.inputs ?? {} });
      adopted.push(describe(resource));
    }
  }
  return {
    deployment: { ...deployment, deployment: { ...state, resources, pending_operations: [] } },
    adopted,
    unknown,
  };
}

function creating(deployment: Deployment): Operation[] {
  const operations: Operation[] = deployment.deployment?.pending_operations ?? [];
  return operations.filter(({ type }) => type === "creating");
}

function describe({ urn, type, inputs }: Operation["resource"]): PendingCreate {
  const id = IDS[type]?.(inputs ?? {}) ?? inputs?.name;
  return { urn, type, name: typeof id === "string" ? id : (urn.split("::").at(-1) ?? urn) };
}
