import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import type { Properties } from "../../properties";
import type { ResourceType } from "../../resourceType";
import { tagChanges } from "../../tags";
import { unlessError } from "../../waitFor";

const NO_QUEUE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

type Kind = "text" | "number" | "boolean";

/** The inputs that are attributes of the queue: SQS's names for them, and what their texts stand for. */
const ATTRIBUTES: readonly (readonly [property: string, attribute: QueueAttributeName, kind: Kind])[] = [
  ["contentBasedDeduplication", "ContentBasedDeduplication", "boolean"],
  ["deduplicationScope", "DeduplicationScope", "text"],
  ["delaySeconds", "DelaySeconds", "number"],
  ["fifoThroughputLimit", "FifoThroughputLimit", "text"],
  ["kmsDataKeyReusePeriodSeconds", "KmsDataKeyReusePeriodSeconds", "number"],
  ["kmsMasterKeyId", "KmsMasterKeyId", "text"],
  ["maxMessageSize", "MaximumMessageSize", "number"],
  ["messageRetentionSeconds", "MessageRetentionPeriod", "number"],
  ["policy", "Policy", "text"],
  ["receiveWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds", "number"],
  ["redriveAllowPolicy", "RedriveAllowPolicy", "text"],
  ["redrivePolicy", "RedrivePolicy", "text"],
  ["sqsManagedSseEnabled", "SqsManagedSseEnabled", "boolean"],
  ["visibilityTimeoutSeconds", "VisibilityTimeout", "number"],
];

/**
 * What SQS takes away when it is set to an empty text. The policy is not here: it may be a QueuePolicy's, and is the
 * queue's own only where the program gives it one.
 */
const CLEARABLE: readonly QueueAttributeName[] = ["KmsMasterKeyId", "RedriveAllowPolicy", "RedrivePolicy"];

/** aws.sqs.Queue on the sandbox's SQS. Its id is its URL. */
export const queue: ResourceType = {
  // A first-in first-out queue's name must end in ".fifo": such a queue is named by the program.
  autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 80 },
  replaceOn: ["name", "namePrefix", "fifoQueue"],
  documents: ["policy", "redriveAllowPolicy", "redrivePolicy"],

  async create(inputs, { clients }) {
    const { QueueUrl = "" } = await clients.sqs.send(
      new CreateQueueCommand({
        QueueName: String(inputs.name),
        Attributes: {
          ...attributesOf(inputs),
          ...(inputs.fifoQueue === true && { FifoQueue: "true" }),
        },
        tags: inputs.tags as Record<string, string> | undefined,
      }),
    );
    return QueueUrl;
  },

  async read(id, { clients }) {
    const found = await unlessError(
      clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["All"] })),
      ...NO_QUEUE,
    );
    if (found === undefined) {
      return undefined;
    }
    const { Attributes = {} } = found;
    const { Tags } = await clients.sqs.send(new ListQueueTagsCommand({ QueueUrl: id }));
    return {
      inputs: {
        ...inputsOf(Attributes),
        name: Attributes.QueueArn?.split(":").pop(),
        fifoQueue: Attributes.FifoQueue === "true",
        tags: Tags ?? {},
      },
      outputs: { arn: Attributes.QueueArn, url: id },
    };
  },

  async update(id, inputs, old, { clients }) {
    const wanted = attributesOf(inputs);
    const had = attributesOf(old);
    const cleared = CLEARABLE.filter((attribute) => had[attribute] && !(attribute in wanted));
    const Attributes = { ...Object.fromEntries(cleared.map((attribute) => [attribute, ""])), ...wanted };
    if (Object.keys(Attributes).length > 0) {
      await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes }));
    }
    const { set, remove } = tagChanges(old.tags, inputs.tags);
    if (remove.length > 0) {
      await clients.sqs.send(new UntagQueueCommand({ QueueUrl: id, TagKeys: remove }));
    }
    if (Object.keys(set).length > 0) {
      await clients.sqs.send(new TagQueueCommand({ QueueUrl: id, Tags: set }));
    }
  },

  async delete(id, _state, { clients }) {
    await unlessError(clients.sqs.send(new DeleteQueueCommand({ QueueUrl: id })), ...NO_QUEUE);
  },
};

function attributesOf(properties: Properties): Record<string, string> {
  return Object.fromEntries(
    ATTRIBUTES.filter(([property]) => properties[property] !== undefined).map(([property, attribute]) => [
      attribute,
      String(properties[property]),
    ]),
  );
}

function inputsOf(attributes: Record<string, string>): Properties {
  return Object.fromEntries(
    ATTRIBUTES.flatMap(([property, attribute, kind]) => {
      const text = attributes[attribute];
      return text === undefined ? [] : [[property, parsed(text, kind)]];
    }),
  );
}

function parsed(text: string, kind: Kind): string | number | boolean {
  switch (kind) {
    case "number":
      return Number(text);
    case "boolean":
      return text === "true";
    default:
      return text;
  }
}
