import { z } from "zod";
import {
  applyEndpoint,
  checkEndpoint,
  endpointInput,
  endpointType,
  engineName,
} from "../resources/endpointInput";
import { endpointInUse } from "../resources/users";
import { alreadyExists, invalidState } from "../wire/fault";
import { arn, identifier, operation } from "../wire/operation";

export const modifyEndpoint = operation(
  z.object({
    ...endpointInput,
    EndpointArn: arn,
    EndpointIdentifier: identifier().optional(),
    EndpointType: endpointType.optional(),
    EngineName: engineName.optional(),
    ExactSettings: z.boolean().optional(),
  }),
  async (request, service) => {
    const stored = service.endpoint(request.EndpointArn);
    const { EndpointArn, EndpointIdentifier, EndpointType, EngineName, ExactSettings, ...fields } = request;
    const running = endpointInUse(service, EndpointArn).filter((user) => user.active);
    if (running.length > 0) {
      throw invalidState(
        `Endpoint ${EndpointArn} cannot be modified while ${running.map((user) => user.name).join(", ")} runs; stop it first`,
      );
    }
    const others = Object.values(service.store.state.endpoints).filter((other) => other !== stored);
    if (others.some(({ endpoint }) => endpoint.EndpointIdentifier === EndpointIdentifier)) {
      throw alreadyExists("Endpoint", EndpointIdentifier ?? "");
    }
    const changed = structuredClone(stored);
    Object.assign(
      changed.endpoint,
      EndpointIdentifier === undefined ? {} : { EndpointIdentifier },
      EndpointType === undefined ? {} : { EndpointType },
      EngineName === undefined ? {} : { EngineName },
    );
    applyEndpoint(changed, fields);
    checkEndpoint(changed);
    await service.roles.checkEndpoint(changed);
    service.store.state.endpoints[EndpointArn] = changed;
    service.store.save();
    return { Endpoint: changed.endpoint };
  },
);
