import type { Clients } from "./clients";
import type { Properties } from "./properties";
import type { CheckFailure } from "./schema";

/** Where and as whom an operation acts. */
export interface Context {
  /** The clients of the region that the operation is about. */
  clients: Clients;
  region: string;
  accountId: string;
  partition: string;
  /** The folder in which the program runs. */
  projectFolder: string;
  /** When the operation has to be over, in milliseconds since 1970. */
  deadline: number;
  /** The resource's name in the program, for messages. */
  name: string;
}

/** What `create` gets besides. */
export interface CreateContext extends Context {
  /**
   * Called as soon as the thing exists. Whatever fails afterwards leaves the resource in the stack's state with the
   * error beside it, so that the next update finishes it instead of making a second one.
   */
  made(id: string): void;
}

/** A resource as it is. */
export interface Actual {
  /** Its inputs, all that the service tells; what it does not tell (a password) is absent. */
  inputs: Properties;
  /** What it has besides its inputs: ARNs, ids, dates. */
  outputs: Properties;
}

/** How a name is made where the program gives none, as the real provider does: the resource's name and seven hex digits. */
export interface AutoName {
  /** The property that holds the name. */
  property: string;
  /** The property that asks for a prefix instead, if the type has one. */
  prefixProperty?: string;
  /** What every name of the type begins with. Default: nothing. */
  lead?: string;
  /** The longest name. Default: 255. */
  maxLength?: number;
  /** Whether the service takes lower case only. Default: false. */
  lowerCase?: boolean;
}

/**
 * One type of resource: what `new aws.…` stands for on this machine. Inputs reach it checked, coerced and named;
 * unknown values never do.
 */
export interface ResourceType {
  /** How its name is made where the program gives none. */
  autoName?: AutoName;
  /** Inputs whose change needs a new resource. */
  replaceOn: readonly string[];
  /** Whether a property's change needs a new resource, where that depends on the values. */
  replacesFor?(property: string, old: Properties, inputs: Properties): boolean;
  /** Lists whose order means nothing. */
  sets?: readonly string[];
  /** Texts that are JSON, and the same where the JSON is. */
  documents?: readonly string[];
  /** Inputs that only steer the provider: a change is noted in the state and nothing else. */
  providerOnly?: readonly string[];
  /** Inputs of the real provider that this stand-in could only ignore; it refuses them instead. */
  unsupported?: readonly string[];
  /** Faults that the real provider or service would find in the values, all of which are known. */
  check?(inputs: Properties): CheckFailure[];
  /** Outputs that an update from these old inputs may change. Default: none. */
  changes?(old: Properties, inputs: Properties): readonly string[];
  /** Makes it. @returns its id */
  create(inputs: Properties, context: CreateContext): Promise<string>;
  /**
   * Reads it.
   * @param known its properties as the state has them; empty on an import
   * @returns undefined where it does not exist
   */
  read(id: string, context: Context, known: Properties): Promise<Actual | undefined>;
  /**
   * Makes it what the inputs say. It may have been brought there half-way by an update that failed.
   * @param old its properties as the state has them
   */
  update(id: string, inputs: Properties, old: Properties, context: Context): Promise<void>;
  /** Removes it and waits until it is gone; what is gone already is none of its troubles. */
  delete(id: string, state: Properties, context: Context): Promise<void>;
}
