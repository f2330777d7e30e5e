import { z } from "zod";

/** The sizes of a serverless replication, in DMS capacity units (SDK, ComputeConfig). */
const UNITS = [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384];

const units = z
  .number()
  .refine((value) => UNITS.includes(value), `must be one of the DMS capacity units ${UNITS.join(", ")}`);

/** The size and place of a serverless replication. */
export const computeConfig = z
  .object({
    AvailabilityZone: z.string().optional(),
    DnsNameServers: z.string().optional(),
    KmsKeyId: z.string().optional(),
    MaxCapacityUnits: units,
    MinCapacityUnits: units.optional(),
    MultiAZ: z.boolean().optional(),
    PreferredMaintenanceWindow: z.string().optional(),
    ReplicationSubnetGroupId: z.string().optional(),
    VpcSecurityGroupIds: z.array(z.string()).optional(),
  })
  .refine((config) => (config.MinCapacityUnits ?? 1) <= config.MaxCapacityUnits, {
    message: "MinCapacityUnits must not be more than MaxCapacityUnits",
  });
