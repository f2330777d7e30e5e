import type { NetworkArgs } from "../../../components/network";
import { configObject } from "../../source/configuredSource";
import type { Plan } from "../plan";

/** What a pipeline wants of its account, beside the tables. */
export interface AwsPlan {
  region: string;
  replication: NonNullable<Plan["replication"]> & { accountRoles?: "create" | "reuse" };
  network: Pick<NetworkArgs, "vpcId" | "routeTableIds" | "securityGroupIds"> & { subnetIds?: string[] };
  stream: { mode?: "on-demand" | "provisioned"; shards?: number; existingName?: string };
  fanIn: { parallelization?: number };
  /** DMS reads the source's credentials from Secrets Manager. */
  usesSecret: boolean;
}

/** What a stack's configuration wants. @returns undefined where no region is named */
export function awsPlan(
  configuration: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = process.env,
): AwsPlan | undefined {
  const region = configuration["aws:region"] || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  return region === undefined
    ? undefined
    : {
        region,
        replication: configObject(configuration, "replication"),
        network: configObject(configuration, "network"),
        stream: configObject(configuration, "stream"),
        fanIn: configObject(configuration, "fanIn"),
        usesSecret: configObject<{ secretArn: string }>(configuration, "source").secretArn !== undefined,
      };
}
