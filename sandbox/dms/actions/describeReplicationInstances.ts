import { notFound } from "../wire/fault";
import { describeInput, operation, select } from "../wire/operation";

export const describeReplicationInstances = operation(describeInput, (request, service) => {
  const { page, Marker } = select(Object.values(service.store.state.instances), request, {
    "replication-instance-arn": (instance) => instance.ReplicationInstanceArn,
    "replication-instance-id": (instance) => instance.ReplicationInstanceIdentifier,
    "replication-instance-class": (instance) => instance.ReplicationInstanceClass,
    "engine-version": (instance) => instance.EngineVersion,
  });
  if (page.length === 0 && request.Filters.length > 0) {
    throw notFound("Replication instance", request.Filters.flatMap((filter) => filter.Values).join(", "));
  }
  return { ReplicationInstances: page, Marker };
});
