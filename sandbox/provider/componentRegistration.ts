import type { ServiceError } from "@grpc/grpc-js";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  type RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { fromStruct, type Properties, RESOURCE_REFERENCE, SIGNATURE, toStruct, UNKNOWN } from "./properties";

/** A registered child, as its siblings and the component's outputs use it. */
export interface Child {
  urn: string;
  /** Its id; {@link UNKNOWN} in a preview that would make it. */
  id: string;
  state: Properties;
}

/** A component under construction: registered with the engine, and registering its children. */
export class ComponentRegistration {
  private constructor(
    private readonly monitor: ResourceMonitorClient,
    private readonly request: ConstructRequest,
    private readonly awsVersion: string,
    readonly urn: string,
  ) {}

  /** Registers the component itself, with the options that its user gave. */
  static async begin(
    monitor: ResourceMonitorClient,
    request: ConstructRequest,
    awsVersion: string,
  ): Promise<ComponentRegistration> {
    const component = new RegisterResourceRequest();
    component.setType(request.getType());
    component.setName(request.getName());
    component.setParent(request.getParent());
    component.setObject(toStruct({}));
    component.setDependenciesList(request.getDependenciesList());
    component.setAliasesList(request.getAliasesList());
    component.setAliasspecs(true);
    if (request.hasProtect()) {
      component.setProtect(request.getProtect() ?? false);
    }
    if (request.hasRetainondelete()) {
      component.setRetainondelete(request.getRetainondelete() ?? false);
    }
    for (const [name, reference] of request.getProvidersMap().entries()) {
      component.getProvidersMap().set(name, reference);
    }
    const { urn } = await register(monitor, component);
    return new ComponentRegistration(monitor, request, awsVersion, urn);
  }

  /** Registers one child; its protection and deletion follow from its parent's. */
  child(type: string, name: string, parent: { urn: string }, inputs: Properties): Promise<Child> {
    const resource = new RegisterResourceRequest();
    resource.setType(type);
    resource.setName(name);
    resource.setParent(parent.urn);
    resource.setCustom(true);
    resource.setObject(toStruct(inputs));
    resource.setAcceptsecrets(true);
    resource.setVersion(this.awsVersion);
    resource.setDependenciesList(this.request.getDependenciesList());
    resource.setProvider(this.request.getProvidersMap().get("aws") ?? "");
    return register(this.monitor, resource);
  }

  /** Registers the component's outputs: it is complete. */
  end(outputs: Properties): Promise<void> {
    const request = new RegisterResourceOutputsRequest();
    request.setUrn(this.urn);
    request.setOutputs(toStruct(outputs));
    return new Promise((resolve, reject) => {
      this.monitor.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** A resource as an output's value. */
export function reference({ urn, id }: Child): Properties {
  return { [SIGNATURE]: RESOURCE_REFERENCE, urn, id };
}

async function register(monitor: ResourceMonitorClient, request: RegisterResourceRequest): Promise<Child> {
  const response = await new Promise<RegisterResourceResponse>((resolve, reject) => {
    monitor.registerResource(request, (error: ServiceError | null, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
  return { urn: response.getUrn(), id: response.getId() || UNKNOWN, state: fromStruct(response.getObject()) };
}
