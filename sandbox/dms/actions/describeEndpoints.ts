import { notFound } from "../wire/fault";
import { describeInput, operation, select } from "../wire/operation";

export const describeEndpoints = operation(describeInput, (request, service) => {
  const all = Object.values(service.store.state.endpoints).map(({ endpoint }) => endpoint);
  const { page, Marker } = select(all, request, {
    "endpoint-arn": (endpoint) => endpoint.EndpointArn,
    "endpoint-type": (endpoint) => endpoint.EndpointType,
    "endpoint-id": (endpoint) => endpoint.EndpointIdentifier,
    "engine-name": (endpoint) => endpoint.EngineName,
  });
  if (page.length === 0 && request.Filters.length > 0) {
    throw notFound("Endpoint", request.Filters.flatMap((filter) => filter.Values).join(", "));
  }
  return { Endpoints: page, Marker };
});
