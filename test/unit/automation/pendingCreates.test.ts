import assert from "node:assert/strict";
import { pendingCreates, settlePendingCreates } from "../../../automation/pendingCreates";

const ALIAS = "aws:kms/alias:Alias";
const KEY = "aws:kms/key:Key";

function resource(type: string, name: string, inputs: object) {
  return {
    urn: `urn:pulumi:dev::rowstream::${type}::${name}`,
    type,
    custom: true,
    parent: "urn:parent",
    inputs,
  };
}

function deployment(resources: object[], ...pending: { type: string; resource: object }[]) {
  return { version: 3, deployment: { manifest: {}, resources, pending_operations: pending } };
}

describe("pending creates", () => {
  const alias = resource(ALIAS, "alias", { name: "alias/rowstream", targetKeyId: "k" });
  const key = resource(KEY, "key", {});

  it("are what an update was creating, not what it was updating or deleting", () => {
    const state = deployment(
      [],
      { type: "creating", resource: alias },
      { type: "creating", resource: key },
      { type: "updating", resource: resource(KEY, "other", {}) },
      { type: "deleting", resource: resource(KEY, "another", {}) },
    );
    assert.deepEqual(
      pendingCreates(state).map(({ name }) => name),
      ["alias/rowstream", "key"],
    );
  });

  it("enter the state under the id that their inputs tell, behind all that they depend on", () => {
    const there = resource(KEY, "there", {});
    const {
      deployment: settled,
      adopted,
      unknown,
    } = settlePendingCreates(deployment([there], { type: "creating", resource: alias }));
    assert.deepEqual(settled.deployment.resources, [
      there,
      { ...alias, id: "alias/rowstream", outputs: alias.inputs },
    ]);
    assert.deepEqual(settled.deployment.pending_operations, []);
    assert.deepEqual(
      adopted.map(({ type, name }) => [type, name]),
      [[ALIAS, "alias/rowstream"]],
    );
    assert.deepEqual(unknown, []);
  });

  it("are named where AWS chooses the id, and where the state has a resource that they were to replace", () => {
    const {
      deployment: settled,
      adopted,
      unknown,
    } = settlePendingCreates(
      deployment([alias], { type: "creating", resource: key }, { type: "creating", resource: alias }),
    );
    assert.deepEqual(settled.deployment.resources, [alias]);
    assert.deepEqual(adopted, []);
    assert.deepEqual(
      unknown.map(({ name }) => name),
      ["key", "alias/rowstream"],
    );
  });

  it("are none in a state that was never cut off, and none in an empty one", () => {
    assert.deepEqual(pendingCreates(deployment([alias])), []);
    assert.deepEqual(pendingCreates({ version: 3, deployment: {} }), []);
  });
});
