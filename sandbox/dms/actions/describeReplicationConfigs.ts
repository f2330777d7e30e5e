import { notFound } from "../wire/fault";
import { describeInput, operation, select } from "../wire/operation";

export const describeReplicationConfigs = operation(describeInput, (request, service) => {
  const all = Object.values(service.store.state.configs).map(({ config }) => config);
  const { page, Marker } = select(all, request, {
    "replication-config-arn": (config) => config.ReplicationConfigArn,
    "replication-config-id": (config) => config.ReplicationConfigIdentifier,
  });
  if (page.length === 0 && request.Filters.length > 0) {
    throw notFound("Replication config", request.Filters.flatMap((filter) => filter.Values).join(", "));
  }
  return { ReplicationConfigs: page, Marker };
});
