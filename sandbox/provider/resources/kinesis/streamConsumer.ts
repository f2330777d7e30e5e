import {
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  RegisterStreamConsumerCommand,
} from "@aws-sdk/client-kinesis";
import type { Context, ResourceType } from "../../resourceType";
import { unlessError, waitFor } from "../../waitFor";

/** aws.kinesis.StreamConsumer on the sandbox's Kinesis, which keeps no tags of it: the state does. Its id is its ARN. */
export const streamConsumer: ResourceType = {
  autoName: { property: "name", maxLength: 128 },
  replaceOn: ["name", "streamArn"],

  async create(inputs, context) {
    const { Consumer } = await context.clients.kinesis.send(
      new RegisterStreamConsumerCommand({
        ConsumerName: String(inputs.name),
        StreamARN: String(inputs.streamArn),
      }),
    );
    const id = Consumer?.ConsumerARN ?? "";
    context.made(id);
    await waitFor(context, `consumer ${inputs.name} to be ACTIVE`, async () =>
      (await describe(id, context))?.ConsumerStatus === "ACTIVE" ? true : undefined,
    );
    return id;
  },

  async read(id, context, known) {
    const found = await describe(id, context);
    if (found === undefined || found.ConsumerStatus === "DELETING") {
      return undefined;
    }
    return {
      inputs: { name: found.ConsumerName, streamArn: found.StreamARN, tags: known.tags },
      outputs: { arn: id, creationTimestamp: found.ConsumerCreationTimestamp?.toISOString() ?? "" },
    };
  },

  async update() {
    // Tags alone change in place, and the state takes them.
  },

  async delete(id, _state, context) {
    const answer = await unlessError(
      context.clients.kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: id })),
      "ResourceNotFoundException",
    );
    if (answer !== undefined) {
      await waitFor(context, `consumer ${id} to be gone`, async () =>
        (await describe(id, context)) === undefined ? true : undefined,
      );
    }
  },
};

async function describe(ConsumerARN: string, { clients }: Context) {
  const answer = await unlessError(
    clients.kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN })),
    "ResourceNotFoundException",
  );
  return answer?.ConsumerDescription;
}
