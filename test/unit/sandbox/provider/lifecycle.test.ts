import assert from "node:assert/strict";
import * as lifecycle from "../../../../sandbox/provider/lifecycle";
import { type Properties, UNKNOWN } from "../../../../sandbox/provider/properties";
import { PartialFailure } from "../../../../sandbox/provider/providerErrors";
import type { Context, ResourceType } from "../../../../sandbox/provider/resourceType";

const CONFIG = { region: "us-east-1", defaultTags: { env: "test" } };
const CONTEXT = { region: "us-east-1" } as Context;

/** A type whose things live in a map: what was written can be read, and any step can be made to fail. */
class Things {
  readonly there = new Map<string, Properties>();
  failAt: "create" | "settle" | "update" | undefined;
  readonly calls: string[] = [];

  served(changes: Partial<ResourceType> = {}): lifecycle.ServedType {
    return {
      token: "aws:test/thing:Thing",
      schema: {
        inputs: { name: "string", size: "number", secret: "string", note: "string", tags: { "*": "string" } },
        outputs: ["arn", "name", "note", "region", "secret", "size", "tags", "tagsAll"],
        certain: ["arn", "name", "region", "tagsAll"],
      },
      type: {
        autoName: { property: "name" },
        replaceOn: ["name"],
        providerOnly: ["note"],
        unsupported: [],
        create: async (inputs, { made }) => {
          this.fail("create");
          const id = String(inputs.name);
          this.there.set(id, { ...inputs, size: 0 });
          made(id);
          this.fail("settle");
          this.there.set(id, { ...inputs });
          return id;
        },
        read: async (id) => {
          const thing = this.there.get(id);
          const { secret: _, ...told } = thing ?? {};
          return thing && { inputs: told, outputs: { arn: `arn:${id}` } };
        },
        update: async (id, inputs) => {
          this.calls.push("update");
          this.there.set(id, { ...this.there.get(id), tags: inputs.tags });
          this.fail("update");
          this.there.set(id, { ...inputs });
        },
        delete: async (id) => {
          this.there.delete(id);
        },
        ...changes,
      },
    };
  }

  private fail(step: "create" | "settle" | "update"): void {
    if (this.failAt === step) {
      throw Object.assign(new Error(`no ${step}`), { name: "LimitExceededException" });
    }
  }
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail("it did not fail"),
    (error: unknown) => error,
  );
}

describe("the lifecycle of a resource", () => {
  let things: Things;
  const inputs = { name: "one", size: 3, secret: "s", tags: { team: "a" } };
  const full = { arn: "arn:one", name: "one", region: "us-east-1", secret: "s", size: 3 };

  beforeEach(() => {
    things = new Things();
  });

  async function made(): Promise<lifecycle.Stored> {
    const { state } = await lifecycle.create(things.served(), inputs, CONFIG, CONTEXT);
    return { inputs, state };
  }

  it("makes it with the default tags, and keeps what the service does not tell", async () => {
    const { state } = await made();
    assert.deepEqual(things.there.get("one")?.tags, { team: "a", env: "test" });
    assert.deepEqual(state, { ...full, tags: { team: "a" }, tagsAll: { team: "a", env: "test" } });
  });

  it("previews what is to be made: inputs known, what the service chooses unknown, what is absent absent", () => {
    const { name, size, tags } = inputs;
    assert.deepEqual(lifecycle.previewCreate(things.served(), { name, size, tags }, CONFIG), {
      arn: UNKNOWN,
      region: UNKNOWN,
      name,
      size,
      tags,
      tagsAll: { team: "a", env: "test" },
    });
  });

  it("previews an update with the old outputs, unknown where they may change", async () => {
    const stored = await made();
    const wanted = { ...inputs, size: 4 };
    const same = lifecycle.previewUpdate(things.served(), stored, wanted, CONFIG);
    assert.deepEqual(same, { ...stored.state, size: 4 });
    const served = things.served({ changes: () => ["arn"] });
    assert.equal(lifecycle.previewUpdate(served, stored, wanted, CONFIG).arn, UNKNOWN);
  });

  it("fails plainly where nothing was made", async () => {
    things.failAt = "create";
    const error = await failure(made());
    assert.ok(!(error instanceof PartialFailure));
  });

  it("keeps what was made and did not get ready, as it is", async () => {
    things.failAt = "settle";
    const error = await failure(made());
    assert.ok(error instanceof PartialFailure);
    assert.equal(error.id, "one");
    assert.equal(error.message, "LimitExceededException: no settle");
    assert.equal(error.stored.state.size, 0);
    // The next comparison must find what is missing.
    const changes = lifecycle.diff(things.served(), error.stored, inputs, CONFIG);
    assert.deepEqual([...changes.keys()], ["size"]);
  });

  it("keeps the half of an update that was done", async () => {
    const stored = await made();
    things.failAt = "update";
    const wanted = { ...inputs, size: 9, tags: { team: "b" } };
    const error = await failure(lifecycle.update(things.served(), "one", stored, wanted, CONFIG, CONTEXT));
    assert.ok(error instanceof PartialFailure);
    assert.deepEqual(error.stored.inputs, { ...inputs, size: 3, tags: { team: "b" } });
    assert.deepEqual([...lifecycle.diff(things.served(), error.stored, wanted, CONFIG).keys()], ["size"]);
  });

  it("calls nothing for a change that only the provider is told of", async () => {
    const stored = await made();
    const state = await lifecycle.update(
      things.served(),
      "one",
      stored,
      { ...inputs, note: "n" },
      CONFIG,
      CONTEXT,
    );
    assert.equal(state.note, "n");
    assert.deepEqual(things.calls, []);
  });

  it("calls the service for an update of nothing: it finishes one that failed", async () => {
    const stored = await made();
    await lifecycle.update(things.served(), "one", stored, inputs, CONFIG, CONTEXT);
    assert.deepEqual(things.calls, ["update"]);
  });

  it("finds new default tags, and says where", async () => {
    const stored = await made();
    const changes = lifecycle.diff(things.served(), stored, inputs, { ...CONFIG, defaultTags: { env: "b" } });
    assert.deepEqual([...changes.keys()], ["tagsAll"]);
  });

  it("refreshes to what is there, tags of others included, without a trace of the default ones", async () => {
    const stored = await made();
    things.there.set("one", { ...inputs, size: 5, tags: { team: "x", env: "test", added: "1" } });
    const found = await lifecycle.read(things.served(), "one", stored, CONFIG, CONTEXT);
    assert.deepEqual(found?.inputs, { ...inputs, size: 5, tags: { team: "x", added: "1" } });
    assert.equal(found?.state.size, 5);
    assert.equal(found?.state.secret, "s");
  });

  it("finds no drift where there is none", async () => {
    const stored = await made();
    const found = await lifecycle.read(things.served(), "one", stored, CONFIG, CONTEXT);
    assert.deepEqual(found, stored);
  });

  it("says of what is gone that it is gone", async () => {
    const stored = await made();
    things.there.clear();
    assert.equal(await lifecycle.read(things.served(), "one", stored, CONFIG, CONTEXT), undefined);
  });

  it("imports with the inputs that were chosen, and none that are empty", async () => {
    things.there.set("other", { name: "other", size: 0, tags: { team: "z", env: "test" } });
    const found = await lifecycle.read(things.served(), "other", { inputs: {}, state: {} }, CONFIG, CONTEXT);
    assert.deepEqual(found?.inputs, { name: "other", tags: { team: "z" } });
  });

  it("refuses a property that the stand-in would only ignore, and names the file", () => {
    const { failures } = lifecycle.check(things.served({ unsupported: ["size"] }), {
      resource: "r",
      seed: Uint8Array.of(),
      inputs: { size: 1 },
      old: {},
    });
    assert.match(failures[0]?.reason ?? "", /"size" of aws:test\/thing:Thing has no effect in the sandbox/);
    assert.match(failures[0]?.reason ?? "", /sandbox\/provider\/resources\/test\/thing\.ts/);
  });
});
