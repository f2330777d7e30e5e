import { z } from "zod";
import { instanceClass, instanceInput, securityGroups } from "../resources/instanceInput";
import { alreadyExists, invalidState } from "../wire/fault";
import { arn, identifier, operation } from "../wire/operation";

export const modifyReplicationInstance = operation(
  z.object({
    ...instanceInput,
    ReplicationInstanceArn: arn,
    ReplicationInstanceClass: instanceClass.optional(),
    ReplicationInstanceIdentifier: identifier(63).optional(),
    ApplyImmediately: z.boolean().default(false),
    AllowMajorVersionUpgrade: z.boolean().optional(),
  }),
  (request, service) => {
    const instance = service.instance(request.ReplicationInstanceArn);
    const { ReplicationInstanceIdentifier: name } = instance;
    if (instance.ReplicationInstanceStatus !== "available") {
      throw invalidState(
        `Replication instance ${name} is ${instance.ReplicationInstanceStatus}, not available`,
      );
    }
    const id = request.ReplicationInstanceIdentifier;
    const others = Object.values(service.store.state.instances).filter((other) => other !== instance);
    if (id !== undefined && others.some((other) => other.ReplicationInstanceIdentifier === id)) {
      throw alreadyExists("Replication instance", id);
    }
    const { VpcSecurityGroupIds, ApplyImmediately, AllowMajorVersionUpgrade, ...changes } = request;
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    // The sandbox has no maintenance window: what AWS would leave pending until then is done at once as well.
    Object.assign(instance, Object.fromEntries(given));
    if (VpcSecurityGroupIds !== undefined) {
      instance.VpcSecurityGroups = securityGroups(VpcSecurityGroupIds);
    }
    instance.ReplicationInstanceStatus = "modifying";
    service.store.save();
    service.later(() => {
      instance.ReplicationInstanceStatus = "available";
      service.store.save();
    });
    return { ReplicationInstance: { ...instance } };
  },
);
