import type { Properties } from "../properties";
import type { Context } from "../resourceType";
import { getPrefixList } from "./ec2/getPrefixList";
import { getVpc } from "./ec2/getVpc";
import { getRoles } from "./iam/getRoles";
import { getAvailabilityZones } from "./index/getAvailabilityZones";
import { getCallerIdentity } from "./index/getCallerIdentity";
import { getPartition } from "./index/getPartition";
import { getRegion } from "./index/getRegion";
import { getEndpoint } from "./iot/getEndpoint";
import { getStream } from "./kinesis/getStream";

/** A function of the provider: it reads and changes nothing. */
export type Invoke = (args: Properties, context: Context) => Properties | Promise<Properties>;

/** Every function that the stand-in serves, by its token. The file of each bears its name. */
export const invokes: Readonly<Record<string, Invoke | undefined>> = {
  "aws:ec2/getPrefixList:getPrefixList": getPrefixList,
  "aws:ec2/getVpc:getVpc": getVpc,
  "aws:iam/getRoles:getRoles": getRoles,
  "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
  "aws:index/getPartition:getPartition": getPartition,
  "aws:index/getRegion:getRegion": getRegion,
  "aws:iot/getEndpoint:getEndpoint": getEndpoint,
  "aws:kinesis/getStream:getStream": getStream,
};
