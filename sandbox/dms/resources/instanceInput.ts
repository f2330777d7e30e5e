import { z } from "zod";

/** What both the creation and the modification of an instance take. */
export const instanceInput = {
  AllocatedStorage: z.number().int().min(5).max(6144).optional(),
  VpcSecurityGroupIds: z.array(z.string()).optional(),
  PreferredMaintenanceWindow: z
    .string()
    .regex(/^[A-Za-z]{3}:\d\d:\d\d-[A-Za-z]{3}:\d\d:\d\d$/, "not of the form ddd:hh24:mi-ddd:hh24:mi")
    .optional(),
  MultiAZ: z.boolean().optional(),
  EngineVersion: z.string().optional(),
  AutoMinorVersionUpgrade: z.boolean().optional(),
  NetworkType: z.enum(["IPV4", "DUAL"]).optional(),
};

/** For example `dms.t3.medium`. */
export const instanceClass = z
  .string()
  .regex(/^dms\.[a-z0-9]+\.[a-z0-9]+$/, "not a class of a replication instance");

export function securityGroups(ids: string[]) {
  return ids.map((id) => ({ VpcSecurityGroupId: id, Status: "active" }));
}
