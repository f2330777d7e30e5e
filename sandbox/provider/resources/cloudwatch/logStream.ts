import {
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  DescribeLogStreamsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { arn } from "../../recorded";
import type { ResourceType } from "../../resourceType";
import { unlessError } from "../../waitFor";

/** aws.cloudwatch.LogStream on the sandbox's CloudWatch Logs. Its id is its name. */
export const logStream: ResourceType = {
  autoName: { property: "name", maxLength: 512 },
  replaceOn: ["name", "logGroupName"],

  async create({ name, logGroupName }, { clients }) {
    await clients.logs.send(
      new CreateLogStreamCommand({ logGroupName: String(logGroupName), logStreamName: String(name) }),
    );
    return String(name);
  },

  async read(id, context, { logGroupName }) {
    const found = await unlessError(
      context.clients.logs.send(
        new DescribeLogStreamsCommand({ logGroupName: String(logGroupName), logStreamNamePrefix: id }),
      ),
      "ResourceNotFoundException",
    );
    if (!found?.logStreams?.some(({ logStreamName }) => logStreamName === id)) {
      return undefined;
    }
    return {
      inputs: { name: id, logGroupName },
      outputs: { arn: arn("logs", `log-group:${logGroupName}:log-stream:${id}`, context) },
    };
  },

  async update() {
    // Nothing of a log stream changes in place.
  },

  async delete(id, { logGroupName }, { clients }) {
    await unlessError(
      clients.logs.send(
        new DeleteLogStreamCommand({ logGroupName: String(logGroupName), logStreamName: id }),
      ),
      "ResourceNotFoundException",
    );
  },
};
