import { z } from "zod";
import { newResourceId } from "../identity";
import { parseTableMappings } from "../mapping/tableMappings";
import { computeConfig } from "../resources/computeConfig";
import { checkEndpoints, migrationType } from "../resources/taskInput";
import type { StoredConfig, StoredReplication } from "../store";
import { mergeTaskSettings } from "../taskSettings";
import { alreadyExists } from "../wire/fault";
import { arn, identifier, operation, tags } from "../wire/operation";
import { wireNow } from "../wire/shapes";

export const createReplicationConfig = operation(
  z.object({
    ReplicationConfigIdentifier: identifier(),
    SourceEndpointArn: arn,
    TargetEndpointArn: arn,
    ComputeConfig: computeConfig,
    ReplicationType: migrationType,
    TableMappings: z.string(),
    ReplicationSettings: z.string().optional(),
    SupplementalSettings: z.string().optional(),
    ResourceIdentifier: identifier(31).optional(),
    Tags: tags,
  }),
  (request, service) => {
    const { configs } = service.store.state;
    const id = request.ReplicationConfigIdentifier;
    if (Object.values(configs).some(({ config }) => config.ReplicationConfigIdentifier === id)) {
      throw alreadyExists("Replication config", id);
    }
    checkEndpoints(service, request.SourceEndpointArn, request.TargetEndpointArn);
    parseTableMappings(request.TableMappings);
    const configArn = service.arn("replication-config", request.ResourceIdentifier ?? newResourceId());
    const common = {
      ReplicationConfigIdentifier: id,
      ReplicationConfigArn: configArn,
      SourceEndpointArn: request.SourceEndpointArn,
      TargetEndpointArn: request.TargetEndpointArn,
      ReplicationType: request.ReplicationType,
    };
    const config: StoredConfig = {
      ...common,
      ComputeConfig: request.ComputeConfig,
      TableMappings: request.TableMappings,
      ReplicationSettings: mergeTaskSettings(undefined, request.ReplicationSettings),
      ...(request.SupplementalSettings === undefined
        ? {}
        : { SupplementalSettings: request.SupplementalSettings }),
      ReplicationConfigCreateTime: wireNow(),
      ReplicationConfigUpdateTime: wireNow(),
    };
    const replication: StoredReplication = {
      ...common,
      Status: "created",
      ReplicationCreateTime: wireNow(),
      ReplicationUpdateTime: wireNow(),
    };
    configs[configArn] = { config, replication };
    service.setTags(configArn, request.Tags);
    service.store.save();
    return { ReplicationConfig: config };
  },
);
