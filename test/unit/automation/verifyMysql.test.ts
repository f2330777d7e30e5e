import assert from "node:assert/strict";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { keyLiteral, membersOf } from "../../../automation/verify/mysqlKeys";
import { mysqlRule } from "../../../automation/verify/mysqlRules";
import { sameJson } from "../../../automation/verify/sameJson";
import { sameValue } from "../../../automation/verify/sameValue";

const type = (declared: string, precision?: number) => ({
  name: /^[a-z]+/.exec(declared)?.[0] ?? "",
  declared,
  ...(precision !== undefined && { precision }),
});

describe("verify: MySQL's types", () => {
  const cases: [declared: string, value: string | null, there: AttributeValue | undefined, same: boolean][] =
    [
      ["bigint(20) unsigned", "18446744073709551615", { N: "18446744073709551615" }, true],
      ["bigint(20) unsigned", "18446744073709551615", { N: "18446744073709551616" }, false],
      ["int(5) unsigned zerofill", "00042", { N: "42" }, true],
      ["year(4)", "2026", { N: "2026" }, true],
      ["float", "0.10000000149011612", { N: "0.1" }, true],
      ["float", "0.10000000149011612", { N: "0.2" }, false],
      ["double", "0.1", { N: "0.1" }, true],
      ["bit(1)", "1", { BOOL: true }, true],
      ["bit(1)", "0", { BOOL: true }, false],
      ["bit(9)", "1", undefined, true],
      ["char(3)", "ab", { S: "ab " }, true],
      ["varchar(3)", "ab", { S: "ab " }, false],
      ["enum('a','b')", "b", { S: "b" }, true],
      ["set('a','b')", "a,b", { S: "b,a" }, false],
      ["datetime(6)", "2026-11-23 14:15:04.500000", { S: "2026-11-23T14:15:04.5" }, true],
      ["datetime(6)", "2026-11-23 14:15:04.500000", { S: "2026-11-23 14:15:04.500001" }, false],
      ["timestamp", "2026-11-23 14:15:04", { S: "2026-11-23 14:15:04.000000" }, true],
      ["time(1)", "-838:59:59.0", { S: "-838:59:59.0" }, true],
      ["date", "0000-00-00", undefined, true],
      ["datetime", "0000-00-00 00:00:00", { S: "0000-00-00 00:00:00" }, true],
      ["date", "2026-11-23", undefined, false],
      ["json", '{"b": 1.0, "a": [2]}', { S: '{"a":[2],"b":1}' }, true],
      ["json", '{"a": "1"}', { S: '{"a":1}' }, false],
      ["varbinary(4)", "x", undefined, true],
      ["multipolygon", "x", undefined, true],
      ["uuid", "01940000-0000-7000-8000-000000000000", { S: "01940000-0000-7000-8000-000000000000" }, true],
    ];
  for (const [declared, value, there, same] of cases) {
    it(`${declared}: ${value} and ${JSON.stringify(there)} are ${same ? "the same" : "not the same"}`, () => {
      assert.equal(sameValue(mysqlRule(type(declared)), value, there), same);
    });
  }

  it("takes a DECIMAL of more than 38 digits for text, as DMS must", () => {
    assert.deepEqual(mysqlRule(type("decimal(38,10)", 38)), { kind: "number" });
    assert.deepEqual(mysqlRule(type("decimal(65,10)", 65)), { kind: "text" });
  });
});

describe("verify: JSON", () => {
  it("is the same value with its members in any order", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reversed = JSON.stringify(value, (_name, member) =>
          typeof member === "object" && member !== null && !Array.isArray(member)
            ? Object.fromEntries(Object.entries(member).reverse())
            : member,
        );
        assert.ok(sameJson(JSON.stringify(value, null, 2), reversed));
      }),
    );
  });

  it("keeps every digit, and tells a number from its text", () => {
    assert.ok(!sameJson("9007199254740993", "9007199254740992"));
    assert.ok(sameJson("[1e2]", "[100.0]"));
    assert.ok(!sameJson('["1"]', "[1]"));
    assert.ok(!sameJson("{", "[]"));
  });
});

describe("verify: MySQL's keys", () => {
  it("are numbers where their column holds numbers, whatever their size", () => {
    assert.equal(keyLiteral(type("bigint(20) unsigned"), "18446744073709551615"), "18446744073709551615");
    assert.equal(keyLiteral(type("decimal(10,2)"), "-1.50"), "-1.50");
    assert.equal(keyLiteral(type("int(11)"), "1; DROP TABLE t"), "'1; DROP TABLE t'");
  });

  it("are quoted text everywhere else", () => {
    assert.equal(keyLiteral(type("varchar(9)"), "it's \\"), "'it\\'s \\\\'");
    assert.equal(keyLiteral(type("binary(2)"), "00FF"), "x'00FF'");
  });

  it("are the places of an ENUM's values and the bits of a SET's, by which MySQL orders them", () => {
    const declared = "enum('zebra','it''s','a,b')";
    assert.deepEqual(membersOf(declared), ["zebra", "it's", "a,b"]);
    assert.equal(keyLiteral(type(declared), "it's"), "2");
    assert.equal(keyLiteral(type(declared), ""), "0");
    assert.equal(keyLiteral(type(declared), "unknown"), "-1");
    assert.equal(keyLiteral(type("set('a','b','c')"), "c,a"), "5");
    assert.equal(keyLiteral(type("set('a','b','c')"), ""), "0");
  });
});
