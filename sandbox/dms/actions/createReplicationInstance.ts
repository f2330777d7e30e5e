import { z } from "zod";
import { newResourceId } from "../identity";
import { instanceClass, instanceInput, securityGroups } from "../resources/instanceInput";
import type { StoredInstance } from "../store";
import { alreadyExists, invalidCombination, notFound } from "../wire/fault";
import { identifier, operation, tags } from "../wire/operation";
import { wireNow } from "../wire/shapes";

export const createReplicationInstance = operation(
  z.object({
    ...instanceInput,
    ReplicationInstanceIdentifier: identifier(63),
    ReplicationInstanceClass: instanceClass,
    ReplicationSubnetGroupIdentifier: identifier().optional(),
    AvailabilityZone: z.string().optional(),
    KmsKeyId: z.string().optional(),
    PubliclyAccessible: z.boolean().default(true),
    DnsNameServers: z.string().optional(),
    ResourceIdentifier: identifier(31).optional(),
    Tags: tags,
  }),
  (request, service) => {
    const id = request.ReplicationInstanceIdentifier;
    const { instances, subnetGroups } = service.store.state;
    if (Object.values(instances).some((instance) => instance.ReplicationInstanceIdentifier === id)) {
      throw alreadyExists("Replication instance", id);
    }
    const groupId = request.ReplicationSubnetGroupIdentifier;
    const group = groupId === undefined ? undefined : subnetGroups[groupId];
    if (groupId !== undefined && group === undefined) {
      throw notFound("Replication subnet group", groupId);
    }
    if (request.MultiAZ === true && request.AvailabilityZone !== undefined) {
      throw invalidCombination("AvailabilityZone cannot be set with MultiAZ");
    }
    const arn = service.arn("rep", request.ResourceIdentifier ?? newResourceId());
    const instance: StoredInstance = {
      ReplicationInstanceArn: arn,
      ReplicationInstanceIdentifier: id,
      ReplicationInstanceClass: request.ReplicationInstanceClass,
      ReplicationInstanceStatus: "creating",
      AllocatedStorage: request.AllocatedStorage ?? 50,
      InstanceCreateTime: wireNow(),
      VpcSecurityGroups: securityGroups(request.VpcSecurityGroupIds ?? []),
      AvailabilityZone: request.AvailabilityZone ?? "us-east-1a",
      PreferredMaintenanceWindow: request.PreferredMaintenanceWindow ?? "sun:06:00-sun:14:00",
      PendingModifiedValues: {},
      MultiAZ: request.MultiAZ ?? false,
      EngineVersion: request.EngineVersion ?? "3.5.4",
      AutoMinorVersionUpgrade: request.AutoMinorVersionUpgrade ?? true,
      KmsKeyId: request.KmsKeyId ?? "arn:aws:kms:us-east-1:000000000000:key/aws-dms",
      ReplicationInstancePrivateIpAddress: "127.0.0.1",
      ReplicationInstancePrivateIpAddresses: ["127.0.0.1"],
      PubliclyAccessible: request.PubliclyAccessible,
      NetworkType: request.NetworkType ?? "IPV4",
      ...(group === undefined ? {} : { ReplicationSubnetGroup: group }),
      ...(request.DnsNameServers === undefined ? {} : { DnsNameServers: request.DnsNameServers }),
    };
    instances[arn] = instance;
    service.setTags(arn, request.Tags);
    service.store.save();
    service.later(() => {
      instance.ReplicationInstanceStatus = "available";
      service.store.save();
    });
    return { ReplicationInstance: { ...instance } };
  },
);
