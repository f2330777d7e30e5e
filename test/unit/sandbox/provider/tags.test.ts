import assert from "node:assert/strict";
import fc from "fast-check";
import { UNKNOWN } from "../../../../sandbox/provider/properties";
import { allTags, tagChanges, tagMap } from "../../../../sandbox/provider/tags";

describe("tagChanges", () => {
  it("turns the old tags into the wanted ones, whatever they are", () => {
    const tags = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2"));
    fc.assert(
      fc.property(tags, tags, (old, wanted) => {
        const { set, remove } = tagChanges(old, wanted);
        const kept = Object.entries(old).filter(([name]) => !remove.includes(name));
        assert.deepEqual({ ...Object.fromEntries(kept), ...set }, { ...wanted });
        assert.ok(Object.entries(set).every(([name, value]) => old[name] !== value));
      }),
    );
  });
});

describe("allTags", () => {
  it("puts the provider's default tags under the resource's own", () => {
    assert.deepEqual(allTags({ team: "a", env: "x" }, { team: "b" }), { team: "b", env: "x" });
    assert.deepEqual(allTags({ team: "a" }, undefined), { team: "a" });
  });

  it("is unknown as long as any of them is", () => {
    assert.equal(allTags({ team: "a" }, { env: UNKNOWN }), UNKNOWN);
  });
});

describe("tagMap", () => {
  it("leaves AWS's own tags out", () => {
    assert.deepEqual(
      tagMap([
        { Key: "aws:x", Value: "1" },
        { Key: "y", Value: "2" },
      ]),
      { y: "2" },
    );
  });
});
