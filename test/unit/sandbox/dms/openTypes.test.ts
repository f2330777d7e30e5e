import assert from "node:assert/strict";
import { openValue } from "../../../../sandbox/dms/source/openTypes";

const TEXT = "text" as const;
const ISO = { timeText: "iso" as const, unlistedTypes: TEXT };

describe("openValue", () => {
  const forms: [dmsType: string, sql: string, iso: string][] = [
    ["DATETIME", "2026-11-23 14:15:16.123456+00", "2026-11-23T14:15:16.123456Z"],
    ["DATETIME", "2026-11-23 14:15:16.000000", "2026-11-23T14:15:16.000000"],
    ["DATETIME", "0044-03-15 00:00:00.000000 BC", "0044-03-15T00:00:00.000000 BC"],
    ["DATETIME", "infinity", "infinity"],
    ["DATE", "2026-11-23", "2026-11-23"],
    ["TIME", "14:15:16.500000+02", "14:15:16.500000+02"],
    ["NCLOB", "2026-11-23 14:15:16.123456+00", "2026-11-23 14:15:16.123456+00"],
  ];
  for (const [dmsType, sql, iso] of forms) {
    it(`writes the ${dmsType} ${sql} in either form`, () => {
      assert.deepEqual(openValue(dmsType, { S: sql }, ISO), { S: iso });
      assert.deepEqual(openValue(dmsType, { S: sql }, { ...ISO, timeText: "sql" }), { S: sql });
    });
  }

  it("loses the types that the guide leaves out where it is told to, and no other", () => {
    const lost = { ...ISO, unlistedTypes: "lost" as const };
    assert.equal(openValue("TIME", { S: "14:15:16.000000" }, lost), null);
    assert.equal(openValue("NCLOB", { S: "{}" }, lost), null);
    assert.deepEqual(openValue("CLOB", { S: "<a/>" }, lost), { S: "<a/>" });
    assert.equal(openValue("DATE", null, lost), null);
  });
});
