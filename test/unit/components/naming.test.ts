import assert from "node:assert/strict";
import fc from "fast-check";
import { dmsIdentifier } from "../../../components/naming";

describe("dmsIdentifier", () => {
  it("always gives what DMS accepts", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 16, max: 255 }), (name, limit) => {
        const identifier = dmsIdentifier(name, limit);
        assert.match(identifier, /^[a-z]([a-z0-9]|-(?=[a-z0-9]))*$/);
        assert.ok(identifier.length <= limit);
      }),
    );
  });

  it("leaves a good name as it is", () => {
    assert.equal(dmsIdentifier("rowstream-dev"), "rowstream-dev");
  });

  it("keeps long names apart that differ only at their end", () => {
    const long = "a-very-long-name-of-a-pipeline-that-passes-the-limit-of-sixty-three-characters";
    assert.notEqual(dmsIdentifier(`${long}-one`), dmsIdentifier(`${long}-two`));
  });
});
