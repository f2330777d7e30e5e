import assert from "node:assert/strict";
import fc from "fast-check";
import { deletesFirst, diffInputs, projectInputs } from "../../../../sandbox/provider/diff";
import {
  ARCHIVE,
  DEFAULTS,
  type Properties,
  SIGNATURE,
  UNKNOWN,
} from "../../../../sandbox/provider/properties";
import { resources } from "../../../../sandbox/provider/resources";
import type { ResourceType } from "../../../../sandbox/provider/resourceType";

function typeOf(token: string): ResourceType {
  const type = resources[token];
  assert.ok(type);
  return type;
}

const TABLE = typeOf("aws:dynamodb/table:Table");
const ROLE = typeOf("aws:iam/role:Role");
const FUNCTION = typeOf("aws:lambda/function:Function");

function changes(type: ResourceType, old: Properties, inputs: Properties): string[] {
  return [...diffInputs(type, old, inputs)].map(
    ([path, { kind, replace }]) => `${kind} ${path}${replace ? " replace" : ""}`,
  );
}

function archive(hash: string): Properties {
  return { [SIGNATURE]: ARCHIVE, assets: { "index.js": { text: hash } }, hash };
}

describe("diffInputs", () => {
  const table = {
    name: "orders",
    hashKey: "id",
    rangeKey: "line",
    attributes: [
      { name: "id", type: "S" },
      { name: "line", type: "N" },
    ],
    tags: { team: "a" },
  };

  it("finds no change in the same inputs, whatever they are", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (inputs) => {
        assert.equal(diffInputs(TABLE, inputs, structuredClone(inputs)).size, 0);
      }),
    );
  });

  it("finds a change of a property in place, by its path", () => {
    const wanted = { ...table, streamEnabled: true, tags: { team: "b", "cost center": "1" } };
    assert.deepEqual(changes(TABLE, table, wanted), [
      "update tags.team",
      'add tags["cost center"]',
      "add streamEnabled",
    ]);
  });

  it("replaces a table whose name or key changes, or the type of its key", () => {
    assert.deepEqual(changes(TABLE, table, { ...table, name: "o" }), ["update name replace"]);
    const [id, line] = table.attributes;
    const retyped = { ...table, attributes: [{ name: "id", type: "N" }, line] };
    assert.deepEqual(changes(TABLE, table, retyped), ["update attributes[0].type replace"]);
    const { rangeKey: _, ...unsorted } = { ...table, attributes: [id] };
    assert.ok(changes(TABLE, table, unsorted).includes("delete rangeKey replace"));
  });

  it("takes no offence at the order of a set", () => {
    assert.deepEqual(changes(TABLE, table, { ...table, attributes: [...table.attributes].reverse() }), []);
  });

  it("compares JSON by what it says", () => {
    const old = { assumeRolePolicy: '{"Version":"1","Statement":[{"a":1,"b":2}]}' };
    const spaced = { assumeRolePolicy: '{ "Statement": [{"b": 2, "a": 1}], "Version": "1" }' };
    assert.deepEqual(changes(ROLE, old, spaced), []);
    assert.deepEqual(changes(ROLE, old, { assumeRolePolicy: '{"Version":"2"}' }), [
      "update assumeRolePolicy",
    ]);
  });

  it("compares code by its hash", () => {
    assert.deepEqual(changes(FUNCTION, { code: archive("a") }, { code: { ...archive("b"), hash: "a" } }), []);
    assert.deepEqual(changes(FUNCTION, { code: archive("a") }, { code: archive("b") }), ["update code"]);
  });

  it("counts an unknown value as a change, and of a key as a replacement", () => {
    assert.deepEqual(changes(TABLE, table, { ...table, hashKey: UNKNOWN, ttl: UNKNOWN }), [
      "update hashKey replace",
      "add ttl",
    ]);
  });

  it("replaces whatever moves to another region", () => {
    assert.deepEqual(changes(ROLE, {}, { region: "eu-west-1" }), ["add region replace"]);
  });
});

describe("deletesFirst", () => {
  it("removes the old resource first where the program chose the name and keeps it", () => {
    assert.equal(deletesFirst(TABLE, { name: "orders" }, { name: "orders" }), true);
  });

  it("makes the new one first where the name is another, was made, or does not exist", () => {
    assert.equal(deletesFirst(TABLE, { name: "orders" }, { name: "sales" }), false);
    const made = { name: "orders-1", [DEFAULTS]: ["name"] };
    assert.equal(deletesFirst(TABLE, made, made), false);
    const attachment = typeOf("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.equal(deletesFirst(attachment, { role: "r" }, { role: "r" }), false);
  });
});

describe("projectInputs", () => {
  it("keeps to the properties that the program gave, with the values that there are", () => {
    const known = { name: "t", streamEnabled: true };
    const actual = { name: "t", streamEnabled: false, billingMode: "PROVISIONED" };
    assert.deepEqual(projectInputs(TABLE, known, actual), { name: "t", streamEnabled: false });
  });

  it("keeps what the service does not tell, and the form of what says the same", () => {
    const known = { password: "p", attributes: [{ name: "b" }, { name: "a" }] };
    const actual = { attributes: [{ name: "a" }, { name: "b" }] };
    assert.deepEqual(projectInputs(TABLE, known, actual), known);
  });

  it("finds what is gone from inside a property", () => {
    const known = { environment: { variables: { A: "1", B: "2" } } };
    const actual = { environment: { variables: { A: "1" } } };
    assert.deepEqual(projectInputs(FUNCTION, known, actual), actual);
  });

  it("is no drift where the resource is as the program says", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (known, more) => {
          const projected = projectInputs(TABLE, known, structuredClone({ ...more, ...known }));
          assert.equal(diffInputs(TABLE, known, projected).size, 0);
        },
      ),
    );
  });
});
