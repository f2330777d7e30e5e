import assert from "node:assert/strict";
import fc from "fast-check";
import { numberText, quote, sameValue, valueText } from "../../../functions/attributeValue";
import type { AttributeValue } from "../../../functions/dynamoDbStream";
import { UnprocessableRecord } from "../../../functions/unprocessable";

describe("attribute values as JSON text", () => {
  const cases: [title: string, value: AttributeValue, text: string][] = [
    ["writes a string as it is", { S: "shipped" }, '"shipped"'],
    ["writes the empty string", { S: "" }, '""'],
    ["escapes quotes and backslashes", { S: 'a "b" \\c' }, '"a \\"b\\" \\\\c"'],
    ["escapes control characters", { S: "a\nb\tc\u0000d\u001f" }, '"a\\nb\\tc\\u0000d\\u001f"'],
    ["leaves emoji and letters beyond ASCII alone", { S: "Zoë 🚲" }, '"Zoë 🚲"'],
    ["leaves the line separators that JSON allows alone", { S: "a\u2028b" }, '"a\u2028b"'],
    ["escapes half a surrogate pair, which UTF-8 cannot hold", { S: "a\ud83d" }, '"a\\ud83d"'],
    ["writes true", { BOOL: true }, "true"],
    ["writes false", { BOOL: false }, "false"],
    ["writes NULL as null", { NULL: true }, "null"],
    ["keeps binary as base64 text", { B: "AAEC/w==" }, '"AAEC/w=="'],
    ["writes the empty list", { L: [] }, "[]"],
    ["writes a list in order", { L: [{ N: "2" }, { S: "a" }, { NULL: true }] }, '[2,"a",null]'],
    ["writes the empty map", { M: {} }, "{}"],
    [
      "writes maps inside maps and lists",
      { M: { 'a"b': { L: [{ M: { c: { BOOL: true } } }] } } },
      '{"a\\"b":[{"c":true}]}',
    ],
    ["writes a string set as a list", { SS: ["b", 'a"'] }, '["b","a\\""]'],
    ["writes a number set as a list of numbers", { NS: ["1", ".5"] }, "[1,0.5]"],
    ["writes a binary set as a list of base64 texts", { BS: ["AA==", "AQ=="] }, '["AA==","AQ=="]'],
  ];
  for (const [title, value, text] of cases) {
    it(title, () => assert.equal(valueText(value, "column"), text));
  }

  it("names the column, but no value, when the type is not known", () => {
    assert.throws(
      () => valueText({ X: "secret" } as AttributeValue, "amount"),
      (error: Error) =>
        error instanceof UnprocessableRecord &&
        error.message === 'column "amount" holds a value of no known DynamoDB type',
    );
  });

  it("refuses a value of no type at all", () => {
    assert.throws(() => valueText({}, "amount"), UnprocessableRecord);
  });

  it("quotes every string as JSON.stringify does", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => quote(text) === JSON.stringify(text)));
  });
});

describe("numbers as JSON numbers", () => {
  const cases: [number: string, text: string][] = [
    ["0", "0"],
    ["-0", "-0"],
    ["42", "42"],
    ["-42.50", "-42.50"],
    ["9007199254740993", "9007199254740993"],
    ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
    ["0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"],
    ["1E+2", "1E+2"],
    ["1e-130", "1e-130"],
    ["9.9999999999999999999999999999999999999E+125", "9.9999999999999999999999999999999999999E+125"],
    [".5", "0.5"],
    ["-.5", "-0.5"],
    ["5.", "5"],
    ["5.E3", "5e3"],
    ["+5", "5"],
    ["+.5e+07", "0.5e+07"],
    ["007", "7"],
    ["-000.10", "-0.10"],
    ["000", "0"],
  ];
  for (const [number, text] of cases) {
    it(`writes ${number} as ${text}`, () => {
      assert.equal(numberText(number, "column"), text);
      assert.equal(Number(JSON.parse(text)), Number(number));
    });
  }

  for (const text of [
    "",
    ".",
    "-",
    "e5",
    "NaN",
    "Infinity",
    "1,5",
    "0x10",
    "1 ",
    "1\n",
    "--1",
    "1e",
    "1_000",
  ]) {
    it(`refuses ${JSON.stringify(text)} and does not repeat it`, () => {
      assert.throws(
        () => numberText(text, "total"),
        new UnprocessableRecord('column "total" is of type N and holds no decimal number'),
      );
    });
  }
});

describe("equality of attribute values", () => {
  const same: [title: string, one: AttributeValue, other: AttributeValue][] = [
    ["sets in another order", { SS: ["a", "b"] }, { SS: ["b", "a"] }],
    ["number sets in another order", { NS: ["1", "2"] }, { NS: ["2", "1"] }],
    ["binary sets in another order", { BS: ["AA==", "AQ=="] }, { BS: ["AQ==", "AA=="] }],
    ["maps in another order", { M: { a: { N: "1" }, b: { S: "" } } }, { M: { b: { S: "" }, a: { N: "1" } } }],
    ["nulls", { NULL: true }, { NULL: true }],
    ["lists of the same values", { L: [{ SS: ["a", "b"] }] }, { L: [{ SS: ["b", "a"] }] }],
    ["the same bytes", { B: "AA==" }, { B: "AA==" }],
  ];
  for (const [title, one, other] of same) {
    it(`takes ${title} for the same`, () => assert.equal(sameValue(one, other), true));
  }

  const different: [title: string, one: AttributeValue, other: AttributeValue][] = [
    ["a string and a number of the same text", { S: "1" }, { N: "1" }],
    ["a string and bytes of the same text", { B: "AA==" }, { S: "AA==" }],
    ["a list and a set of the same strings", { L: [{ S: "a" }] }, { SS: ["a"] }],
    ["a string set and a number set", { SS: ["1"] }, { NS: ["1"] }],
    ["lists in another order", { L: [{ N: "1" }, { N: "2" }] }, { L: [{ N: "2" }, { N: "1" }] }],
    ["a list and its beginning", { L: [{ N: "1" }] }, { L: [{ N: "1" }, { N: "2" }] }],
    ["a set and a larger one", { SS: ["a"] }, { SS: ["a", "b"] }],
    ["sets of the same size", { SS: ["a", "c"] }, { SS: ["a", "b"] }],
    ["a map and a larger one", { M: { a: { N: "1" } } }, { M: { a: { N: "1" }, b: { N: "1" } } }],
    ["maps with other names", { M: { toString: { N: "1" } } }, { M: { a: { N: "1" } } }],
    ["true and false", { BOOL: true }, { BOOL: false }],
    ["null and an empty string", { NULL: true }, { S: "" }],
    ["null and an empty map", { NULL: true }, { M: {} }],
  ];
  for (const [title, one, other] of different) {
    it(`tells ${title} apart, either way round`, () => {
      assert.equal(sameValue(one, other), false);
      assert.equal(sameValue(other, one), false);
    });
  }
});
