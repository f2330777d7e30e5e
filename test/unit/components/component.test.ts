import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentArgs, type Transform } from "../../../components/component";
import { runMocked } from "../../helpers/mocks";

const TOPIC = "aws:sns/topic:Topic";

interface SampleArgs extends ComponentArgs {
  own?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  transform?: Transform<aws.sns.TopicArgs>;
}

/** The smallest component: one child that can have tags. */
class Sample extends Component {
  constructor(name: string, args: SampleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("Sample", name, {}, args.tags, opts);
    new aws.sns.Topic(
      ...this.tagged<aws.sns.TopicArgs>(
        name,
        { displayName: "plain", contentBasedDeduplication: true, tags: args.own },
        args.transform,
        { protect: true },
      ),
    );
    this.registerOutputs({});
  }
}

async function topicOf(args: SampleArgs) {
  return (await runMocked(() => new Sample("sample", args))).recording.only(TOPIC);
}

describe("a component's child", () => {
  it("has the component's tags, and its own win over them", async () => {
    const tags = { team: "data", stage: "dev" };
    assert.deepEqual((await topicOf({ tags })).inputs.tags, tags);
    assert.deepEqual((await topicOf({ tags, own: { stage: "prod" } })).inputs.tags, {
      team: "data",
      stage: "prod",
    });
    assert.deepEqual((await topicOf({ own: pulumi.output({ a: "b" }) })).inputs.tags, { a: "b" });
    assert.equal((await topicOf({})).inputs.tags, undefined);
  });

  it("is changed member by member by a partial transform", async () => {
    const { inputs } = await topicOf({
      tags: { team: "data" },
      transform: { displayName: "ours", tags: { a: "b" } },
    });
    assert.equal(inputs.displayName, "ours");
    assert.equal(inputs.contentBasedDeduplication, true);
    assert.deepEqual(inputs.tags, { team: "data", a: "b" });
  });

  it("is changed in arguments and options by a transform that is a function, which is told the name", async () => {
    const seen: string[] = [];
    const topic = await topicOf({
      transform: (args, opts, name) => {
        seen.push(name, String(opts.protect));
        args.displayName = `${args.displayName} and ours`;
        opts.retainOnDelete = true;
        return undefined;
      },
    });
    assert.deepEqual(seen, ["sample", "true"]);
    assert.equal(topic.inputs.displayName, "plain and ours");
    assert.equal(topic.retainOnDelete, true);
  });

  it("goes through the provider that the component was given", async () => {
    const { recording } = await runMocked(() => {
      const provider = new aws.Provider("elsewhere", { region: "eu-west-1" });
      return new Sample("sample", {}, { providers: [provider] });
    });
    assert.match(recording.only(TOPIC).provider, /providers:aws::elsewhere::/);
  });

  it("takes an Output in a transform as it is", async () => {
    const name = pulumi.output("known later");
    const { inputs } = await topicOf({ transform: { displayName: name } });
    assert.equal(inputs.displayName, "known later");
  });
});
