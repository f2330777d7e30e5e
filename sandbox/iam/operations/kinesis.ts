import { arnOf, type Call, type NeedsOf, type Service, text, UnknownToken, type World } from "./call";

/** Operations on one stream, and what Kinesis does with the stream's key in the caller's name. */
const ON_STREAM: Record<string, string[] | undefined> = {
  DescribeStream: [],
  DescribeStreamSummary: [],
  GetRecords: ["kms:Decrypt"],
  GetShardIterator: [],
  ListShards: [],
  PutRecord: ["kms:GenerateDataKey"],
  PutRecords: ["kms:GenerateDataKey"],
};

function streamArn({ input, region }: Call, world: World): string {
  const given = text(input, "StreamARN");
  const name = text(input, "StreamName");
  if (given !== "" || name !== "") {
    return given === "" ? arnOf("kinesis", region, `stream/${name}`) : given;
  }
  const known = world.streamOf(text(input, "ShardIterator") || text(input, "NextToken"));
  if (known === undefined) {
    throw new UnknownToken("the shard iterator or the token is not known");
  }
  return known;
}

const needs: NeedsOf = async (call, world) => {
  const { operation, region } = call;
  if (operation === "ListStreams") {
    return [{ action: "kinesis:ListStreams", resource: "*" }];
  }
  const keyActions = ON_STREAM[operation];
  if (keyActions === undefined) {
    return undefined;
  }
  const resource = streamArn(call, world);
  const own = { action: `kinesis:${operation}`, resource };
  if (keyActions.length === 0) {
    return [own];
  }
  const { key } = await world.resources.stream(resource.split("/")[1] ?? "");
  return [own, ...(await world.resources.keyUse(key, keyActions, "kinesis", region))];
};

/** Amazon Kinesis Data Streams. */
export const kinesis: Service = { needs, protocol: "json", keyDenied: "KMSAccessDeniedException" };
