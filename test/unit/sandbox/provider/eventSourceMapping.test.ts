import assert from "node:assert/strict";
import { CreateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { eventSourceMapping } from "../../../../sandbox/provider/resources/lambda/eventSourceMapping";
import type { CreateContext } from "../../../../sandbox/provider/resourceType";

const INPUTS = { eventSourceArn: "arn:aws:kinesis:us-east-1:0:stream/s", functionName: "f" };

/** A Lambda that answers CreateEventSourceMapping with these errors, one after the other, and then makes the mapping. */
function lambdaThatFails(...errors: { name: string; message: string }[]) {
  const waiting = [...errors];
  let calls = 0;
  const send = async (command: unknown) => {
    if (!(command instanceof CreateEventSourceMappingCommand)) {
      return { State: "Enabled" };
    }
    calls += 1;
    const next = waiting.shift();
    if (next !== undefined) {
      throw Object.assign(new Error(next.message), { name: next.name });
    }
    return { UUID: "mapping-1" };
  };
  const context = { clients: { lambda: { send } }, deadline: Date.now() + 10_000, made: () => undefined };
  return { context: context as unknown as CreateContext, calls: () => calls };
}

describe("the stand-in of an event source mapping", () => {
  const notYet = {
    name: "InvalidParameterValueException",
    message:
      "Cannot access stream s. Please ensure the role can perform the GetRecords Actions on your stream in IAM.",
  };

  it("is patient with a role whose policy is on its way, as the real provider is", async () => {
    const { context, calls } = lambdaThatFails(notYet, notYet);
    assert.equal(await eventSourceMapping.create(INPUTS, context), "mapping-1");
    assert.equal(calls(), 3);
  });

  it("is not patient with anything else", async () => {
    const { context, calls } = lambdaThatFails({ ...notYet, message: "The batch size is wrong." });
    await assert.rejects(Promise.resolve(eventSourceMapping.create(INPUTS, context)), /batch size is wrong/);
    assert.equal(calls(), 1);
  });
});
