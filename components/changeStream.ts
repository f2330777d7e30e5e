import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkOneOf, checkWhole } from "./checks";
import { Component, type ComponentArgs, type Transform } from "./component";
import { Faults } from "./faults";

/** The Kinesis stream that carries the change events. */
export interface ChangeStreamArgs extends ComponentArgs {
  /**
   * The name of a Kinesis stream of the user's own, in the same account and region. Nothing else is allowed with it
   * but `kmsKeyArn` and `maxRecordKib`. Default: a stream is made.
   */
  existingName?: pulumi.Input<string>;
  /**
   * `on-demand` needs no sizing, takes 4 MB/s at once and doubles by itself; `provisioned` has a fixed number of
   * shards (1 MB/s or 1000 records/s each) and costs less under a steady load. Default: `on-demand`.
   */
  mode?: "on-demand" | "provisioned";
  /** The number of shards. Required with `provisioned`, not allowed with `on-demand`. */
  shards?: pulumi.Input<number>;
  /** How long consumers can read an event, in hours, 24 to 8760. Default: 168 (a week: a weekend and its Monday). */
  retentionHours?: pulumi.Input<number>;
  /**
   * The largest event, in KiB, 1024 to 10240. Default: 1024. Two full images of a 400 KB item fit into it; more asks
   * for consumers that can take it. An existing stream is not changed: there it says how large the fan-in's records
   * may become, and the default is what the stream accepts.
   */
  maxRecordKib?: pulumi.Input<number>;
  /**
   * The KMS key that encrypts the stream. Default: the account's own key for Kinesis, `alias/aws/kinesis`, which
   * other accounts cannot be let read.
   */
  kmsKeyArn?: pulumi.Input<string>;
  /** Changes to each child, by its name in `nodes`. */
  transform?: { stream?: Transform<aws.kinesis.StreamArgs> };
}

/** The largest event unless the user says otherwise, in KiB: what Kinesis gives a stream. */
export const DEFAULT_MAX_RECORD_KIB = 1024;

/** How long an event can be read unless the user says otherwise, in hours. */
export const DEFAULT_RETENTION_HOURS = 168;

/**
 * The one stream out of which every change comes, encrypted, on demand unless it is sized by hand.
 *
 * ```ts
 * const stream = new ChangeStream("shop", { retentionHours: 24 });
 * ```
 */
export class ChangeStream extends Component {
  /** The stream's name. */
  readonly name: pulumi.Output<string>;
  /** The stream's ARN. */
  readonly arn: pulumi.Output<string>;
  /** The largest record to write to it, in KiB. */
  readonly maxRecordKib: pulumi.Output<number>;

  private readonly stream: aws.kinesis.Stream | undefined;

  constructor(name: string, args: ChangeStreamArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    checkChangeStream(args).throwIfAny(`change stream "${name}"`);
    super("ChangeStream", name, { mode: args.mode ?? "on-demand" }, args.tags, opts);

    this.stream = args.existingName === undefined ? this.createStream(name, args) : undefined;
    if (this.stream) {
      this.name = this.stream.name;
      this.arn = this.stream.arn;
      this.maxRecordKib = this.stream.maxRecordSizeInKib;
    } else {
      const existing = aws.kinesis.getStreamOutput({ name: args.existingName ?? "" }, { parent: this });
      this.name = existing.name;
      this.arn = existing.arn;
      this.maxRecordKib = pulumi.output(args.maxRecordKib ?? existing.maxRecordSizeInKib);
    }

    this.registerOutputs({ name: this.name, arn: this.arn });
  }

  /** The resources underneath; the stream is absent when the user brought one. */
  get nodes() {
    return { stream: this.stream };
  }

  private createStream(name: string, args: ChangeStreamArgs): aws.kinesis.Stream {
    const provisioned = args.mode === "provisioned";
    const streamArgs: aws.kinesis.StreamArgs = {
      streamModeDetails: { streamMode: provisioned ? "PROVISIONED" : "ON_DEMAND" },
      ...(provisioned && { shardCount: args.shards }),
      retentionPeriod: args.retentionHours ?? DEFAULT_RETENTION_HOURS,
      maxRecordSizeInKib: args.maxRecordKib ?? DEFAULT_MAX_RECORD_KIB,
      encryptionType: "KMS",
      kmsKeyId: args.kmsKeyArn ?? "alias/aws/kinesis",
      // A registered consumer would otherwise keep the stream from being destroyed.
      enforceConsumerDeletion: true,
    };
    return new aws.kinesis.Stream(...this.tagged(`${name}-stream`, streamArgs, args.transform?.stream));
  }
}

/** Checks the stream's arguments. */
export function checkChangeStream(args: ChangeStreamArgs, prefix = ""): Faults {
  const faults = new Faults(prefix);
  checkOneOf(faults, "mode", args.mode, ["on-demand", "provisioned"]);
  if (args.mode === "provisioned" && args.shards === undefined) {
    faults.add("shards", "is missing; provisioned mode needs a number of shards");
  }
  if (args.mode !== "provisioned" && args.shards !== undefined) {
    faults.add("shards", 'is given without mode "provisioned"; on-demand sizes itself');
  }
  checkWhole(faults, "shards", args.shards, { min: 1, max: 10_000, unit: "shards" });
  checkWhole(faults, "retentionHours", args.retentionHours, { min: 24, max: 8760, unit: "hours" });
  checkWhole(faults, "maxRecordKib", args.maxRecordKib, { min: 1024, max: 10_240, unit: "KiB" });
  if (args.existingName !== undefined) {
    for (const key of ["mode", "shards", "retentionHours", "transform"] as const) {
      if (args[key] !== undefined)
        faults.add(key, "is given with existingName; an existing stream is left as it is");
    }
  }
  return faults;
}
