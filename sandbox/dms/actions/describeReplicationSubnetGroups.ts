import { notFound } from "../wire/fault";
import { describeInput, operation, select } from "../wire/operation";

export const describeReplicationSubnetGroups = operation(describeInput, (request, service) => {
  const { page, Marker } = select(Object.values(service.store.state.subnetGroups), request, {
    "replication-subnet-group-id": (group) => group.ReplicationSubnetGroupIdentifier,
  });
  if (page.length === 0 && request.Filters.length > 0) {
    throw notFound("Replication subnet group", request.Filters.flatMap((filter) => filter.Values).join(", "));
  }
  return { ReplicationSubnetGroups: page, Marker };
});
