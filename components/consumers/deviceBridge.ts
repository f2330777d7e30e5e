import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ChangeOperation } from "../../functions/changeEvent";
import { tableName } from "../../functions/changeFilter";
import type { BridgeSettings } from "../../functions/deviceBridge";
import { deviceTopic, MAX_TOPIC_BYTES, topicLevel } from "../../functions/deviceTopic";
import { awsContext } from "../awsContext";
import { checkMatch, shown } from "../checks";
import { Component } from "../component";
import type { Faults } from "../faults";
import {
  ConsumerFunction,
  type ConsumerFunctionOptions,
  checkConsumerFunction,
  DEFAULT_CONCURRENCY,
} from "./consumerFunction";
import { OPERATIONS } from "./eventFilter";

/** Which changes go to devices, and where. */
export interface DeviceBridgeArgs extends Omit<ConsumerFunctionOptions, "oversizeBucketArn"> {
  /** The tables, each as `orders` (whatever its schema) or as `public.orders`. Their names are in the topics. */
  tables: readonly string[];
  /**
   * The first levels of the topics, up to four, of letters, digits, `_`, `-` and `.`. Two bridges in one account and
   * region need two. Default: `rowstream`.
   */
  topicPrefix?: string;
}

const DEFAULT_PREFIX = "rowstream";

/** AWS IoT Core takes seven slashes in a topic; two are the bridge's. */
const PREFIX = /^[\w.-]+(\/[\w.-]+){0,3}$/;

/**
 * Publishes each change of the tables that are named to AWS IoT Core, to the topic `rowstream/<table>/<op>`.
 *
 * ```ts
 * new DeviceBridge("devices", { streamArn: pipeline.streamArn, kmsKeyArn: pipeline.kmsKeyArn, tables: ["orders"] });
 * ```
 */
export class DeviceBridge extends Component {
  /** The function's name. */
  readonly functionName: pulumi.Output<string>;
  /** The function's ARN. */
  readonly functionArn: pulumi.Output<string>;
  /** The name of the bucket for what the mapping gave up on, and for events too large for a message. */
  readonly failureBucketName: pulumi.Output<string>;
  /** The filter that takes in every topic of the bridge, e.g. `rowstream/#`. */
  readonly topicFilter: string;

  private readonly consumer: ConsumerFunction;

  constructor(name: string, args: DeviceBridgeArgs, opts?: pulumi.ComponentResourceOptions) {
    checkDeviceBridge(args).throwIfAny(`device bridge "${name}"`);
    super("DeviceBridge", name, { tables: args.tables, ops: args.ops }, args.tags, opts);
    const { tables, ops, concurrency = DEFAULT_CONCURRENCY, topicPrefix = DEFAULT_PREFIX, ...options } = args;

    this.consumer = new ConsumerFunction(
      name,
      {
        ...options,
        tables,
        ops,
        concurrency,
        description: `device bridge ${name}`,
        bundle: "deviceBridge",
        callbackFactory: bridgeCallback({ tables, ops, concurrency, topicPrefix }),
        environment: { IOT_ENDPOINT: this.dataEndpoint() },
        failureBucketVariable: "FAILURE_BUCKET",
        permissions: [
          {
            actions: ["iot:Publish"],
            resources: topicNames(topicPrefix, tables, ops).map((topic) => this.topicArn(topic)),
          },
        ],
      },
      { parent: this },
    );

    this.functionName = this.consumer.functionName;
    this.functionArn = this.consumer.functionArn;
    this.failureBucketName = this.consumer.failureBucketName;
    this.topicFilter = `${topicPrefix}/#`;
    this.registerOutputs({
      functionName: this.functionName,
      functionArn: this.functionArn,
      failureBucketName: this.failureBucketName,
      topicFilter: this.topicFilter,
    });
  }

  /** The resources underneath, see `ConsumerFunction`. */
  get nodes() {
    return this.consumer.nodes;
  }

  /** The account's endpoint with Amazon's own certificate, which AWS wants everything new to use. */
  private dataEndpoint(): pulumi.Output<string> {
    return aws.iot.getEndpointOutput({ endpointType: "iot:Data-ATS" }, { parent: this }).endpointAddress;
  }

  private topicArn(topic: string): pulumi.Output<string> {
    const { partition, region, accountId } = awsContext(this);
    return pulumi.interpolate`arn:${partition}:iot:${region}:${accountId}:topic/${topic}`;
  }
}

/** The function that Pulumi serializes: what hands the settings to the bundled logic. */
function bridgeCallback(settings: BridgeSettings) {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createDeviceBridge } =
      require("./dist/lambda/deviceBridge.js") as typeof import("../../functions/deviceBridge");
    return createDeviceBridge(process.env, settings);
  };
}

/** The topics that may be published to, as a policy's resources name them: of each table, all kinds as one. */
function topicNames(
  prefix: string,
  tables: readonly string[],
  ops: readonly ChangeOperation[] | undefined,
): string[] {
  const names = new Set(tables.map((name) => tableName(name).table));
  return [...names].flatMap((table) =>
    ops ? ops.map((op) => deviceTopic(prefix, table, op)) : [`${prefix}/${topicLevel(table)}/*`],
  );
}

function checkDeviceBridge(args: DeviceBridgeArgs): Faults {
  const faults = checkConsumerFunction({ ...args, bundle: "deviceBridge" });
  const { tables, topicPrefix = DEFAULT_PREFIX } = args;
  if (tables === undefined) {
    faults.add("tables", "is missing; name the tables whose changes go to devices");
  }
  checkMatch(
    faults,
    "topicPrefix",
    topicPrefix,
    PREFIX,
    'one to four levels of letters, digits, "_", "-" and ".", such as "rowstream" or "plant/7"',
  );
  tables?.forEach((name, index) => {
    const longest = Math.max(
      ...OPERATIONS.map((op) => Buffer.byteLength(deviceTopic(topicPrefix, tableName(name).table, op))),
    );
    if (longest > MAX_TOPIC_BYTES) {
      faults.add(
        `tables[${index}]`,
        `${shown(name)} makes a topic of ${longest} bytes, and AWS IoT Core takes ${MAX_TOPIC_BYTES}; shorten topicPrefix, or leave the table out`,
      );
    }
  });
  return faults;
}
