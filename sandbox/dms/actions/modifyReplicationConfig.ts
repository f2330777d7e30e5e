import { z } from "zod";
import { parseTableMappings } from "../mapping/tableMappings";
import { computeConfig } from "../resources/computeConfig";
import { checkEndpoints, migrationType } from "../resources/taskInput";
import { mergeTaskSettings } from "../taskSettings";
import { invalidState } from "../wire/fault";
import { arn, identifier, operation } from "../wire/operation";
import { wireNow } from "../wire/shapes";

export const modifyReplicationConfig = operation(
  z.object({
    ReplicationConfigArn: arn,
    ReplicationConfigIdentifier: identifier().optional(),
    ReplicationType: migrationType.optional(),
    TableMappings: z.string().optional(),
    ReplicationSettings: z.string().optional(),
    SupplementalSettings: z.string().optional(),
    ComputeConfig: computeConfig.optional(),
    SourceEndpointArn: arn.optional(),
    TargetEndpointArn: arn.optional(),
  }),
  (request, service) => {
    const { config, replication } = service.replication(request.ReplicationConfigArn);
    if (!["created", "stopped", "failed"].includes(replication.Status)) {
      throw invalidState(
        `Replication ${config.ReplicationConfigIdentifier} is ${replication.Status}: it can be modified when created, stopped or failed`,
      );
    }
    const { ReplicationConfigArn, ReplicationSettings, ...changes } = request;
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    checkEndpoints(
      service,
      request.SourceEndpointArn ?? config.SourceEndpointArn,
      request.TargetEndpointArn ?? config.TargetEndpointArn,
    );
    if (request.TableMappings !== undefined) {
      parseTableMappings(request.TableMappings);
    }
    const settings = mergeTaskSettings(config.ReplicationSettings, ReplicationSettings);
    Object.assign(config, given, { ReplicationSettings: settings, ReplicationConfigUpdateTime: wireNow() });
    replication.ReplicationConfigIdentifier = config.ReplicationConfigIdentifier;
    replication.ReplicationType = config.ReplicationType;
    replication.SourceEndpointArn = config.SourceEndpointArn;
    replication.TargetEndpointArn = config.TargetEndpointArn;
    service.store.save();
    return { ReplicationConfig: config };
  },
);
