import { credentials } from "@grpc/grpc-js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { ComponentRegistration } from "./componentRegistration";
import { fromStruct, toStruct } from "./properties";
import { baseService, unary } from "./providerService";
import { versionOf } from "./versions";
import { buildVpc } from "./vpcComponent";

/** The one component that the stand-in serves. */
const VPC = "awsx:ec2:Vpc";

/**
 * The `awsx` provider as the engine sees it: a component that is built in this process, by registering its children
 * with the engine that asks. Each request says where that engine is, so any number of updates can be served.
 *
 * @param region the region of a program that sets none
 */
export function awsxService(region: string): IResourceProviderServer {
  return {
    ...baseService(versionOf("@pulumi/awsx"), true),
    construct: unary("constructing", async ({ request }) => construct(request, region)),
  };
}

async function construct(request: ConstructRequest, fallbackRegion: string): Promise<ConstructResponse> {
  if (request.getType() !== VPC) {
    throw new Error(`the sandbox has no stand-in for the component ${request.getType()}; it has ${VPC}`);
  }
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), credentials.createInsecure());
  try {
    const registration = await ComponentRegistration.begin(monitor, request, versionOf("@pulumi/aws"));
    const region = request.getConfigMap().get("aws:region") ?? fallbackRegion;
    const inputs = fromStruct(request.getInputs());
    const { outputs, dependencies } = await buildVpc(registration, request.getName(), inputs, region);
    await registration.end(outputs);
    const response = new ConstructResponse();
    response.setUrn(registration.urn);
    response.setState(toStruct(outputs));
    for (const [output, urns] of Object.entries(dependencies)) {
      const list = new ConstructResponse.PropertyDependencies();
      list.setUrnsList(urns);
      response.getStatedependenciesMap().set(output, list);
    }
    return response;
  } finally {
    monitor.close();
  }
}
