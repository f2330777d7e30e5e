import { z } from "zod";
import { newResourceId } from "../identity";
import {
  applyEndpoint,
  checkEndpoint,
  endpointInput,
  endpointType,
  engineName,
} from "../resources/endpointInput";
import type { StoredEndpoint } from "../store";
import { alreadyExists } from "../wire/fault";
import { identifier, operation, tags } from "../wire/operation";

export const createEndpoint = operation(
  z.object({
    ...endpointInput,
    EndpointIdentifier: identifier(),
    EndpointType: endpointType,
    EngineName: engineName,
    KmsKeyId: z.string().optional(),
    ResourceIdentifier: identifier(31).optional(),
    Tags: tags,
  }),
  async (request, service) => {
    const { EndpointIdentifier, EndpointType, EngineName, KmsKeyId, ResourceIdentifier, Tags, ...fields } =
      request;
    const { endpoints } = service.store.state;
    const refuseExisting = () => {
      if (
        Object.values(endpoints).some(({ endpoint }) => endpoint.EndpointIdentifier === EndpointIdentifier)
      ) {
        throw alreadyExists("Endpoint", EndpointIdentifier);
      }
    };
    refuseExisting();
    const arn = service.arn("endpoint", ResourceIdentifier ?? newResourceId());
    const stored: StoredEndpoint = {
      endpoint: {
        EndpointArn: arn,
        EndpointIdentifier,
        EndpointType,
        EngineName,
        EngineDisplayName: EngineName,
        Status: "active",
        KmsKeyId: KmsKeyId ?? "arn:aws:kms:us-east-1:000000000000:key/aws-dms",
        SslMode: "none",
      },
    };
    applyEndpoint(stored, fields);
    checkEndpoint(stored);
    await service.roles.checkEndpoint(stored);
    // Another request may have made it in the meantime.
    refuseExisting();
    endpoints[arn] = stored;
    service.setTags(arn, Tags);
    service.store.save();
    return { Endpoint: stored.endpoint };
  },
);
