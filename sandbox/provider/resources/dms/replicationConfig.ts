import {
  type ComputeConfig,
  CreateReplicationConfigCommand,
  DeleteReplicationConfigCommand,
  DescribeReplicationConfigsCommand,
  DescribeReplicationsCommand,
  type MigrationTypeValue,
  ModifyReplicationConfigCommand,
  type Replication,
  type ReplicationConfig,
  StartReplicationCommand,
  StopReplicationCommand,
} from "@aws-sdk/client-database-migration-service";
import { readDmsTags, writeDmsTags } from "../../dmsTags";
import { givenSettings } from "../../dmsTasks";
import { canonicalJson, type Properties, pick, sameValue } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { tagList } from "../../tags";
import { unlessError, waitFor } from "../../waitFor";
import { fromWire, toWire } from "../../wireNames";

const SPELLINGS = { multiAz: "MultiAZ" };

const MODIFIABLE = [
  "computeConfig",
  "replicationConfigIdentifier",
  "replicationSettings",
  "replicationType",
  "sourceEndpointArn",
  "supplementalSettings",
  "tableMappings",
  "targetEndpointArn",
];

/** The states in which a replication stands still and takes changes. */
const STILL = ["created", "stopped", "failed"];

/** aws.dms.ReplicationConfig, DMS serverless, on the sandbox's DMS. Its id is its ARN. */
export const replicationConfig: ResourceType = {
  replaceOn: ["resourceIdentifier"],
  documents: ["replicationSettings", "supplementalSettings", "tableMappings"],

  async create(inputs, context) {
    const { ReplicationConfig } = await context.clients.dms.send(
      new CreateReplicationConfigCommand({
        ...(parameters(inputs) as {
          ReplicationConfigIdentifier: string;
          SourceEndpointArn: string;
          TargetEndpointArn: string;
          ComputeConfig: ComputeConfig;
          ReplicationType: MigrationTypeValue;
          TableMappings: string;
        }),
        ResourceIdentifier: inputs.resourceIdentifier as string | undefined,
        Tags: tagList(inputs.tags),
      }),
    );
    const id = ReplicationConfig?.ReplicationConfigArn ?? "";
    context.made(id);
    if (inputs.startReplication === true) {
      await start(id, context);
    }
    return id;
  },

  async read(id, context, known) {
    const found = await find(id, context);
    if (found === undefined) {
      return undefined;
    }
    return {
      inputs: {
        replicationConfigIdentifier: found.ReplicationConfigIdentifier,
        replicationType: found.ReplicationType,
        sourceEndpointArn: found.SourceEndpointArn,
        targetEndpointArn: found.TargetEndpointArn,
        tableMappings: found.TableMappings,
        replicationSettings: givenSettings(known.replicationSettings, found.ReplicationSettings),
        supplementalSettings: found.SupplementalSettings,
        computeConfig: fromWire(found.ComputeConfig, SPELLINGS),
        tags: await readDmsTags(id, context),
      },
      outputs: { arn: id, resourceIdentifier: known.resourceIdentifier ?? id.split(":").at(-1) },
    };
  },

  async update(id, inputs, old, context) {
    const modified = MODIFIABLE.some(
      (name) => !sameValue(canonicalJson(inputs[name]), canonicalJson(old[name])),
    );
    if (modified) {
      await stop(id, context);
      await context.clients.dms.send(
        new ModifyReplicationConfigCommand({ ...parameters(inputs), ReplicationConfigArn: id }),
      );
    }
    await writeDmsTags(id, old, inputs, context);
    const wanted = inputs.startReplication === true;
    if (wanted && (modified || old.startReplication !== true)) {
      await start(id, context);
    }
    if (!wanted && old.startReplication === true) {
      await stop(id, context);
    }
  },

  async delete(id, _state, context) {
    if ((await find(id, context)) === undefined) {
      return;
    }
    await stop(id, context);
    await unlessError(
      context.clients.dms.send(new DeleteReplicationConfigCommand({ ReplicationConfigArn: id })),
      "ResourceNotFoundFault",
    );
    await waitFor(context, `replication config ${id} to be gone`, async () =>
      (await find(id, context)) === undefined ? true : undefined,
    );
  },
};

function parameters(inputs: Properties): Properties {
  const { computeConfig, ...others } = pick(inputs, MODIFIABLE);
  return {
    ...(toWire(others) as Properties),
    ComputeConfig: toWire(computeConfig, SPELLINGS),
  };
}

async function find(arn: string, { clients }: Context): Promise<ReplicationConfig | undefined> {
  const Filters = [{ Name: "replication-config-arn", Values: [arn] }];
  const answer = await unlessError(
    clients.dms.send(new DescribeReplicationConfigsCommand({ Filters })),
    "ResourceNotFoundFault",
  );
  return answer?.ReplicationConfigs?.find(({ ReplicationConfigArn }) => ReplicationConfigArn === arn);
}

async function replicationOf(arn: string, { clients }: Context): Promise<Replication | undefined> {
  const Filters = [{ Name: "replication-config-arn", Values: [arn] }];
  const answer = await unlessError(
    clients.dms.send(new DescribeReplicationsCommand({ Filters })),
    "ResourceNotFoundFault",
  );
  return answer?.Replications?.find(({ ReplicationConfigArn }) => ReplicationConfigArn === arn);
}

async function start(arn: string, context: Context): Promise<void> {
  const replication = await replicationOf(arn, context);
  const fresh = replication?.Status === undefined || replication.Status === "created";
  await context.clients.dms.send(
    new StartReplicationCommand({
      ReplicationConfigArn: arn,
      StartReplicationType: fresh ? "start-replication" : "resume-processing",
    }),
  );
  await waitFor(context, `replication ${arn} to be running`, async () =>
    (await replicationOf(arn, context))?.Status === "running" ? true : undefined,
  );
}

/** DMS takes neither a change nor a deletion while the replication moves. */
async function stop(arn: string, context: Context): Promise<void> {
  const status = (await replicationOf(arn, context))?.Status;
  if (status === undefined || STILL.includes(status)) {
    return;
  }
  await context.clients.dms.send(new StopReplicationCommand({ ReplicationConfigArn: arn }));
  await waitFor(context, `replication ${arn} to be stopped`, async () =>
    STILL.includes((await replicationOf(arn, context))?.Status ?? "stopped") ? true : undefined,
  );
}
