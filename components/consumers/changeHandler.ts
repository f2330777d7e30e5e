import type * as pulumi from "@pulumi/pulumi";
import type { ChangeEvent } from "../../functions/changeEvent";
import type { HandlerSettings } from "../../functions/changeHandler";
import type { OnChange } from "../../functions/handleChanges";
import { Component } from "../component";
import type { Faults } from "../faults";
import {
  ConsumerFunction,
  type ConsumerFunctionOptions,
  checkConsumerFunction,
  DEFAULT_CONCURRENCY,
  type PermissionArgs,
} from "./consumerFunction";

/** What users may choose of a handler, beside its function. */
export interface ChangeHandlerOptions extends ConsumerFunctionOptions {
  /**
   * Packages that the function requires, by their names among package.json's dependencies; they and what they need go
   * into the zip. The AWS SDK is in Lambda's runtime, in a version that AWS chooses, and not in the sandbox: name
   * its clients too where the function runs there. Default: none.
   */
  packages?: readonly string[];
  /** Variables that the function finds in `process.env`. Default: none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** What the function may do in AWS. Default: nothing. */
  permissions?: readonly PermissionArgs[];
}

/** A function of the user's own, and the changes that it is called for. */
export interface ChangeHandlerArgs<Event extends object = ChangeEvent> extends ChangeHandlerOptions {
  /**
   * Called for each change: for those of a row one after the other, in their order. A change is done when the promise
   * resolves; when it rejects, the change comes again.
   *
   * Pulumi serializes the function with what it refers to, so it stays short: what it needs of this program it gets by
   * `environment`, and packages it requires inside. docs/consumers/changeHandler.md says what survives.
   */
  onChange?: OnChange<Event>;
  /**
   * Makes the function to call, once a cold start: what it makes besides, a client or a connection, stays warm from
   * one call to the next. Give this or `onChange`.
   */
  onChangeFactory?: () => OnChange<Event>;
}

/** Variables by which the handler itself is told its business. */
const OWN_VARIABLES = ["APPLIED_TABLE", "APPLIED_DAYS", "OVERSIZE_BUCKET_ARN"];

/**
 * Calls a function of the user's own for each change that it asks for.
 *
 * ```ts
 * new ChangeHandler("notify", {
 *   streamArn: pipeline.streamArn,
 *   kmsKeyArn: pipeline.kmsKeyArn,
 *   tables: ["orders"],
 *   ops: ["update"],
 *   onChange: async (event: ChangeEvent<Order>) => console.log(event.old?.status, "->", event.new?.status),
 * });
 * ```
 */
export class ChangeHandler<Event extends object = ChangeEvent> extends Component {
  /** The function's name. */
  readonly functionName: pulumi.Output<string>;
  /** The function's ARN. */
  readonly functionArn: pulumi.Output<string>;
  /** The name of the bucket for what the mapping gave up on. */
  readonly failureBucketName: pulumi.Output<string>;

  private readonly consumer: ConsumerFunction;

  constructor(name: string, args: ChangeHandlerArgs<Event>, opts?: pulumi.ComponentResourceOptions) {
    checkChangeHandler(args).throwIfAny(`change handler "${name}"`);
    super("ChangeHandler", name, { tables: args.tables, ops: args.ops }, args.tags, opts);
    const { onChange, onChangeFactory, ...options } = args;
    const { tables, ops, concurrency = DEFAULT_CONCURRENCY } = args;
    const settings = { tables, ops, concurrency };

    this.consumer = new ConsumerFunction(
      name,
      {
        ...options,
        description: `change handler ${name}`,
        bundle: "changeHandler",
        callbackFactory: onChangeFactory
          ? factoryCallback(settings, onChangeFactory)
          : handlerCallback(settings, onChange as OnChange<never>),
      },
      { parent: this },
    );

    this.functionName = this.consumer.functionName;
    this.functionArn = this.consumer.functionArn;
    this.failureBucketName = this.consumer.failureBucketName;
    this.registerOutputs({
      functionName: this.functionName,
      functionArn: this.functionArn,
      failureBucketName: this.failureBucketName,
    });
  }

  /** The resources underneath, see `ConsumerFunction`. */
  get nodes() {
    return this.consumer.nodes;
  }
}

/**
 * The function that Pulumi serializes: the user's own, and what hands it to the bundled logic. It runs once a cold
 * start; what it captures is captured by value.
 */
function handlerCallback(settings: HandlerSettings, onChange: OnChange<never>) {
  return () => {
    // The path is the one in the zip, where this text is a file at the root; not the one in this repository.
    const { createChangeHandler } =
      require("./dist/lambda/changeHandler.js") as typeof import("../../functions/changeHandler");
    return createChangeHandler(process.env, settings, onChange);
  };
}

/** The same for a function that is made in Lambda. */
function factoryCallback(settings: HandlerSettings, onChangeFactory: () => OnChange<never>) {
  return () => {
    const { createChangeHandler } =
      require("./dist/lambda/changeHandler.js") as typeof import("../../functions/changeHandler");
    return createChangeHandler(process.env, settings, onChangeFactory());
  };
}

function checkChangeHandler(args: ChangeHandlerArgs<never>): Faults {
  const faults = checkConsumerFunction({ ...args, bundle: "changeHandler" });
  const given = [args.onChange, args.onChangeFactory].filter((one) => typeof one === "function");
  if (given.length !== 1) {
    const fault = given.length === 0 ? "is missing" : "is given with onChangeFactory";
    faults.add("onChange", `${fault}; give the function to call for each change, or the one that makes it`);
  }
  for (const name of Object.keys(args.environment ?? {}).filter((key) => OWN_VARIABLES.includes(key))) {
    faults.add(`environment.${name}`, "is the handler's own; give yours another name");
  }
  return faults;
}
