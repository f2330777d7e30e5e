import { securityGroupRule } from "../../securityGroupRule";

/** aws.vpc.SecurityGroupEgressRule, recorded. */
export const securityGroupEgressRule = securityGroupRule();
