import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentArgs, type Transform } from "./component";

/** Where the driver keeps how far the publishing of the initial rows is. */
export interface LoadProgressArgs extends ComponentArgs {
  /** The key that encrypts the table. */
  kmsKeyArn: pulumi.Input<string>;
  /** Changes to the table. */
  transform?: { table?: Transform<aws.dynamodb.TableArgs> };
}

/**
 * The most that the table takes, in request units a second. A load writes a small item for each page that it has
 * published, tens a second at most; what would be more is a mistake, and is not to be paid for.
 */
const CEILING = 1000;

/** The partition key of the progress table: the name of the DynamoDB table that is loaded. */
export const LOAD_PROGRESS_KEY = "tableName";

/**
 * A DynamoDB table of one small item for each table of the pipeline. The driver's runs share it, wherever they run:
 * one that was interrupted is completed by the next, and a table that was loaded is not loaded again. It goes with
 * the stack: what it says holds for the stack's own streams only.
 */
export class LoadProgress extends Component {
  /** The table's name. */
  readonly tableName: pulumi.Output<string>;

  private readonly table: aws.dynamodb.Table;

  constructor(name: string, args: LoadProgressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("LoadProgress", name, {}, args.tags, opts);
    this.table = new aws.dynamodb.Table(
      ...this.tagged<aws.dynamodb.TableArgs>(
        name,
        {
          attributes: [{ name: LOAD_PROGRESS_KEY, type: "S" }],
          hashKey: LOAD_PROGRESS_KEY,
          billingMode: "PAY_PER_REQUEST",
          onDemandThroughput: { maxReadRequestUnits: CEILING, maxWriteRequestUnits: CEILING },
          serverSideEncryption: { enabled: true, kmsKeyArn: args.kmsKeyArn },
          pointInTimeRecovery: { enabled: true },
        },
        args.transform?.table,
      ),
    );
    this.tableName = this.table.name;
    this.registerOutputs({ tableName: this.tableName });
  }

  /** The resource underneath. */
  get nodes() {
    return { table: this.table };
  }
}
