import type { Invoke } from "..";

/**
 * aws.iot.getEndpoint: a host name of AWS's shape that never leaves this machine. What talks to the sandbox's IoT is
 * led there by the SDK's endpoint variables.
 */
export const getEndpoint: Invoke = (args, context) => {
  const endpointType = String(args.endpointType ?? "iot:Data-ATS");
  return {
    id: endpointType,
    endpointType,
    endpointAddress: `sandbox-ats.iot.${context.region}.localhost`,
    region: context.region,
  };
};
