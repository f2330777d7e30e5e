import { type NeedsOf, type Service, text, UnknownToken } from "./call";
import { itemNeeds, tableName } from "./dynamodb";

const needs: NeedsOf = (call, world) => {
  const { operation, input } = call;
  switch (operation) {
    case "ListStreams":
      // Of the four actions the only one that cannot be narrowed to a stream.
      return [{ action: "dynamodb:ListStreams", resource: "*" }];
    case "DescribeStream":
    case "GetShardIterator":
      return [{ action: `dynamodb:${operation}`, resource: text(input, "StreamArn") }];
    case "GetRecords": {
      const stream = world.streamOf(text(input, "ShardIterator"));
      if (stream === undefined) {
        throw new UnknownToken("the shard iterator is not known");
      }
      // A stream is encrypted with its table's key.
      return itemNeeds(tableName(stream), ["GetRecords"], stream, call, world);
    }
    default:
      return undefined;
  }
};

/** Amazon DynamoDB Streams. */
export const dynamodbStreams: Service = { needs, protocol: "json" };
