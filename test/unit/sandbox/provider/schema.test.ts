import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invokes } from "../../../../sandbox/provider/invokes";
import { ARCHIVE, type Properties, SIGNATURE, UNKNOWN } from "../../../../sandbox/provider/properties";
import { resources } from "../../../../sandbox/provider/resources";
import { checkInputs, coerceInputs, schemaOf, type TypeSchema } from "../../../../sandbox/provider/schema";

const ROOT = join(__dirname, "..", "..", "..", "..", "..");
const TABLE = "aws:dynamodb/table:Table";

function schema(token: string): TypeSchema {
  const found = schemaOf("resources", token);
  assert.ok(found);
  return found;
}

function reasons(token: string, inputs: Properties): string[] {
  return checkInputs(token, schema(token), inputs).map(({ reason }) => reason);
}

describe("the provider stand-in's schema", function () {
  this.timeout(60_000);

  it("is what @pulumi/aws declares: regenerated, it comes out the same", () => {
    const script = join(ROOT, "scripts", "provider-schema.mjs");
    const generated = JSON.parse(
      execFileSync(process.execPath, [script, "--print"], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }),
    );
    const committed = JSON.parse(readFileSync(join(ROOT, "sandbox", "provider", "schema.json"), "utf8"));
    assert.deepEqual(committed, generated, "run node scripts/provider-schema.mjs");
  });

  it("has every type and function that is served, and no other", () => {
    const committed = JSON.parse(readFileSync(join(ROOT, "sandbox", "provider", "schema.json"), "utf8"));
    assert.deepEqual(Object.keys(committed.resources).sort(), Object.keys(resources).sort());
    assert.deepEqual(Object.keys(committed.invokes).sort(), Object.keys(invokes).sort());
  });

  it("knows every property that a resource type names", () => {
    for (const [token, type] of Object.entries(resources)) {
      const { inputs } = schema(token);
      const known = Object.keys(inputs).map((name) => name.replace("!", ""));
      const named = [
        ...(type?.replaceOn ?? []),
        ...(type?.sets ?? []),
        ...(type?.documents ?? []),
        ...(type?.providerOnly ?? []),
        ...(type?.unsupported ?? []),
        ...(type?.autoName ? [type.autoName.property] : []),
        ...(type?.autoName?.prefixProperty ? [type.autoName.prefixProperty] : []),
      ];
      assert.deepEqual(
        named.filter((name) => !known.includes(name)),
        [],
        token,
      );
    }
  });
});

describe("checkInputs", () => {
  const table = { attributes: [{ name: "id", type: "S" }], hashKey: "id" };

  it("takes what the real provider takes, unknown values anywhere", () => {
    assert.deepEqual(reasons(TABLE, table), []);
    assert.deepEqual(
      reasons(TABLE, {
        ...table,
        attributes: UNKNOWN,
        serverSideEncryption: { enabled: UNKNOWN },
        tags: { a: UNKNOWN },
      }),
      [],
    );
  });

  it("names an unknown property, and what there is", () => {
    const [reason] = reasons("aws:kms/alias:Alias", { targetKeyId: "k", targetKey: "k" });
    assert.equal(
      reason,
      'unknown property "targetKey" of aws:kms/alias:Alias; it has name, namePrefix, region, targetKeyId',
    );
  });

  it("names an unknown property inside of lists and objects by its path", () => {
    const given = { ...table, attributes: [{ name: "id", type: "S", kind: "HASH" }], ttl: { on: true } };
    const paths = checkInputs(TABLE, schema(TABLE), given).map(({ property }) => property);
    assert.deepEqual(paths, ["attributes[0].kind", "ttl.on"]);
  });

  it("names a required property that is missing", () => {
    assert.deepEqual(reasons("aws:kms/alias:Alias", {}), [
      '"targetKeyId" of aws:kms/alias:Alias is missing; it is required',
    ]);
  });

  it("refuses values of another type", () => {
    assert.deepEqual(reasons(TABLE, { ...table, attributes: "id", readCapacity: "many", ttl: [] }), [
      `"attributes" of ${TABLE} is a string; it must be a list`,
      `"readCapacity" of ${TABLE} is a string; it must be a number`,
      `"ttl" of ${TABLE} is a list; it must be an object`,
    ]);
  });
});

describe("coerceInputs", () => {
  it("gives numbers and booleans their own types, and documents their text", () => {
    assert.deepEqual(coerceInputs(schema(TABLE), { readCapacity: "5", streamEnabled: "true" }), {
      readCapacity: 5,
      streamEnabled: true,
    });
    assert.deepEqual(coerceInputs(schema("aws:iam/rolePolicy:RolePolicy"), { policy: { Version: "1" } }), {
      policy: '{"Version":"1"}',
    });
  });

  it("makes a document unknown that holds an unknown value", () => {
    const policy = { Statement: [{ Resource: UNKNOWN }] };
    assert.deepEqual(coerceInputs(schema("aws:iam/rolePolicy:RolePolicy"), { policy }), { policy: UNKNOWN });
  });

  it("leaves archives alone", () => {
    const code = { [SIGNATURE]: ARCHIVE, assets: {}, hash: "h" };
    assert.deepEqual(coerceInputs(schema("aws:lambda/function:Function"), { code }), { code });
  });
});
