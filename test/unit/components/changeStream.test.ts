import assert from "node:assert/strict";
import { ChangeStream } from "../../../components/changeStream";
import { failMocked, resolved, runMocked } from "../../helpers/mocks";

const STREAM = "aws:kinesis/stream:Stream";

describe("ChangeStream", () => {
  it("makes an encrypted on-demand stream that keeps events for a week", async () => {
    const { recording } = await runMocked(() => new ChangeStream("shop", { tags: { team: "data" } }));
    const stream = recording.only(STREAM);
    assert.deepEqual(stream.inputs, {
      streamModeDetails: { streamMode: "ON_DEMAND" },
      retentionPeriod: 168,
      maxRecordSizeInKib: 1024,
      encryptionType: "KMS",
      kmsKeyId: "alias/aws/kinesis",
      enforceConsumerDeletion: true,
      tags: { team: "data" },
    });
    assert.equal(stream.parent, "shop");
  });

  it("makes the shards it is told to in provisioned mode", async () => {
    const { recording } = await runMocked(
      () =>
        new ChangeStream("shop", { mode: "provisioned", shards: 4, retentionHours: 24, kmsKeyArn: "key" }),
    );
    const { inputs } = recording.only(STREAM);
    assert.deepEqual(inputs.streamModeDetails, { streamMode: "PROVISIONED" });
    assert.equal(inputs.shardCount, 4);
    assert.equal(inputs.retentionPeriod, 24);
    assert.equal(inputs.kmsKeyId, "key");
  });

  it("takes a stream of the user's own as it is", async () => {
    const { result, recording } = await runMocked(() => new ChangeStream("shop", { existingName: "theirs" }));
    assert.deepEqual(recording.ofType(STREAM), []);
    assert.equal(result.nodes.stream, undefined);
    assert.equal(await resolved(result.name), "theirs");
    assert.equal(await resolved(result.arn), "arn:aws:kinesis:eu-central-1:1:stream/theirs");
    assert.equal(await resolved(result.maxRecordKib), 2048);
  });

  it("writes smaller records to a stream of the user's own when it is told to", async () => {
    const { result } = await runMocked(
      () => new ChangeStream("shop", { existingName: "theirs", maxRecordKib: 1024 }),
    );
    assert.equal(await resolved(result.maxRecordKib), 1024);
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const { error, recording } = await failMocked(
      () =>
        new ChangeStream("shop", {
          mode: "elastic" as never,
          shards: 0,
          retentionHours: 12,
          maxRecordKib: 20_000,
        }),
    );
    assert.equal(
      error.message,
      [
        'change stream "shop" has 5 faults:',
        '  mode: "elastic" is not one of "on-demand", "provisioned"',
        '  shards: is given without mode "provisioned"; on-demand sizes itself',
        "  shards: 0 is not allowed; give a whole number of shards from 1 to 10000",
        "  retentionHours: 12 is not allowed; give a whole number of hours from 24 to 8760",
        "  maxRecordKib: 20000 is not allowed; give a whole number of KiB from 1024 to 10240",
      ].join("\n"),
    );
    assert.deepEqual(recording.resources, []);
  });

  it("asks for the number of shards in provisioned mode", async () => {
    const { error } = await failMocked(() => new ChangeStream("shop", { mode: "provisioned" }));
    assert.match(error.message, /shards: is missing; provisioned mode needs a number of shards/);
  });

  it("changes the stream as a transform says, by members or by a function", async () => {
    const byMembers = await runMocked(
      () => new ChangeStream("shop", { transform: { stream: { shardLevelMetrics: ["IncomingBytes"] } } }),
    );
    assert.deepEqual(byMembers.recording.only(STREAM).inputs.shardLevelMetrics, ["IncomingBytes"]);
    const byFunction = await runMocked(
      () =>
        new ChangeStream("shop", {
          transform: {
            stream: (args, opts, name) => {
              args.name = `${name}-chosen`;
              opts.retainOnDelete = true;
              return undefined;
            },
          },
        }),
    );
    const stream = byFunction.recording.only(STREAM);
    assert.equal(stream.inputs.name, "shop-stream-chosen");
    assert.equal(stream.retainOnDelete, true);
  });
});
