import { describeInput, operation, select } from "../wire/operation";

export const describeConnections = operation(describeInput, (request, service) => {
  const { page, Marker } = select(Object.values(service.store.state.connections), request, {
    "endpoint-arn": (connection) => connection.EndpointArn,
    "replication-instance-arn": (connection) => connection.ReplicationInstanceArn,
  });
  return { Connections: page, Marker };
});
