import type { Invoke } from "..";

/** aws.getRegion: the provider's region, or the one that is asked for. */
export const getRegion: Invoke = (args, context) => {
  const region = String(args.region ?? args.name ?? context.region);
  return {
    id: region,
    name: region,
    region,
    description: `the sandbox's ${region}`,
    endpoint: `ec2.${region}.amazonaws.com`,
  };
};
