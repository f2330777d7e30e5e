import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Properties } from "../../properties";
import type { Context, ResourceType } from "../../resourceType";
import { unlessError } from "../../waitFor";

const NO_QUEUE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/** aws.sqs.QueuePolicy: one attribute of a queue. Its id is the queue's URL. */
export const queuePolicy: ResourceType = {
  replaceOn: ["queueUrl"],
  documents: ["policy"],

  async create(inputs, context) {
    await put(String(inputs.queueUrl), inputs, context);
    return String(inputs.queueUrl);
  },

  async read(id, { clients }) {
    const found = await unlessError(
      clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["Policy"] })),
      ...NO_QUEUE,
    );
    const policy = found?.Attributes?.Policy;
    return policy ? { inputs: { queueUrl: id, policy }, outputs: {} } : undefined;
  },

  async update(id, inputs, _old, context) {
    await put(id, inputs, context);
  },

  async delete(id, _state, context) {
    await unlessError(put(id, { policy: "" }, context), ...NO_QUEUE);
  },
};

async function put(QueueUrl: string, { policy }: Properties, { clients }: Context): Promise<void> {
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: String(policy) } }));
}
