import { replicationView } from "../resources/replicationView";
import { notFound } from "../wire/fault";
import { describeInput, operation, select } from "../wire/operation";

export const describeReplications = operation(describeInput, (request, service) => {
  const all = Object.values(service.store.state.configs).map(({ replication }) => replication);
  const { page, Marker } = select(all, request, {
    "replication-config-arn": (replication) => replication.ReplicationConfigArn,
    "replication-config-id": (replication) => replication.ReplicationConfigIdentifier,
  });
  if (page.length === 0 && request.Filters.length > 0) {
    throw notFound("Replication", request.Filters.flatMap((filter) => filter.Values).join(", "));
  }
  return { Replications: page.map((replication) => replicationView(service, replication)), Marker };
});
