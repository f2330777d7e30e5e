import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { EXPIRY_ATTRIBUTE, ROW_ATTRIBUTE } from "../../functions/appliedRows";
import { Component, type ComponentArgs, type Transform } from "../component";

/** Where a consumer remembers which event of each row it handled last. */
export interface AppliedTableArgs extends ComponentArgs {
  /** The key that encrypts the table. */
  kmsKeyArn: pulumi.Input<string>;
  /** Changes to the table. */
  transform?: Transform<aws.dynamodb.TableArgs> | undefined;
}

/**
 * The most that the table takes, in request units a second: as many events. What would be more is a mistake, and is
 * not to be paid for.
 */
const CEILING = 10_000;

/**
 * A DynamoDB table of one small item for each row that changed lately. It goes with the consumer: what it says holds
 * for that one alone.
 */
export class AppliedTable extends Component {
  /** The table's name. */
  readonly tableName: pulumi.Output<string>;
  /** The table's ARN. */
  readonly arn: pulumi.Output<string>;

  private readonly table: aws.dynamodb.Table;

  constructor(name: string, args: AppliedTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("AppliedTable", name, {}, args.tags, opts);
    this.table = new aws.dynamodb.Table(
      ...this.tagged<aws.dynamodb.TableArgs>(
        name,
        {
          attributes: [{ name: ROW_ATTRIBUTE, type: "S" }],
          hashKey: ROW_ATTRIBUTE,
          billingMode: "PAY_PER_REQUEST",
          onDemandThroughput: { maxReadRequestUnits: CEILING, maxWriteRequestUnits: CEILING },
          serverSideEncryption: { enabled: true, kmsKeyArn: args.kmsKeyArn },
          pointInTimeRecovery: { enabled: true },
          ttl: { enabled: true, attributeName: EXPIRY_ATTRIBUTE },
        },
        args.transform,
      ),
    );
    this.tableName = this.table.name;
    this.arn = this.table.arn;
    this.registerOutputs({ tableName: this.tableName, arn: this.arn });
  }

  /** The resource underneath. */
  get nodes() {
    return { table: this.table };
  }
}
