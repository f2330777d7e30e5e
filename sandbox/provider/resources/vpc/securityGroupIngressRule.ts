import { securityGroupRule } from "../../securityGroupRule";

/** aws.vpc.SecurityGroupIngressRule, recorded. */
export const securityGroupIngressRule = securityGroupRule();
