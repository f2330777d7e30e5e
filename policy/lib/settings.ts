import type { Setting } from "./policy";

/** What a stack is for. */
export type Tier = "dev" | "production";

/** The settings of a policy that asks more of production. */
export interface TierSettings {
  tier: Tier;
}

/** The setting `tier`, for a policy's `settings`. */
export const TIER: Setting<Tier> = {
  type: "string",
  enum: ["dev", "production"],
  default: "dev",
  description: "What the stack is for",
};
