import { z } from "zod";
import { endpointInUse } from "../resources/users";
import { invalidState } from "../wire/fault";
import { arn, operation } from "../wire/operation";

export const deleteEndpoint = operation(z.object({ EndpointArn: arn }), (request, service) => {
  const { endpoint } = service.endpoint(request.EndpointArn);
  const users = endpointInUse(service, endpoint.EndpointArn);
  if (users.length > 0) {
    throw invalidState(
      `Endpoint ${endpoint.EndpointArn} is part of the replication tasks ${users.map((user) => user.name).join(", ")}`,
    );
  }
  const { endpoints, connections, tags } = service.store.state;
  delete endpoints[endpoint.EndpointArn];
  delete tags[endpoint.EndpointArn];
  for (const [key, connection] of Object.entries(connections)) {
    if (connection.EndpointArn === endpoint.EndpointArn) {
      delete connections[key];
    }
  }
  service.store.save();
  return { Endpoint: { ...endpoint, Status: "deleting" } };
});
