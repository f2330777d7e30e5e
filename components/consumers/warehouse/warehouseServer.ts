import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ComponentArgs } from "../../component";

/** What a server of the warehouse is made of, whichever kind it is. */
export interface WarehouseServerArgs extends ComponentArgs {
  kmsKeyArn: pulumi.Input<string>;
  /** The role that reads the stream. */
  roleArn: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
  securityGroupIds: pulumi.Input<string[]>;
  /** Whether `destroy` leaves what has been gathered. */
  retain: boolean;
}

/** Where a statement runs, and as whom. */
export type StatementTarget = Pick<
  aws.redshiftdata.StatementArgs,
  "workgroupName" | "clusterIdentifier" | "secretArn"
>;

/** The administrator, whose password Redshift makes and keeps in Secrets Manager. */
export const ADMINISTRATOR = "rowstream";

/** The logs that tell who came and who may; that of the statements would hold values of rows. */
export const LOG_EXPORTS = ["connectionlog", "userlog"];

/** What is set of the parameters, which both kinds have by these names. */
export const SETTINGS = {
  require_ssl: "true",
  // Otherwise a name in quotes is folded to lower case: of a column in a row's SUPER, of a stream.
  enable_case_sensitive_identifier: "true",
};
