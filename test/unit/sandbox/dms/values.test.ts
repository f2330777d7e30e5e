import assert from "node:assert/strict";
import fc from "fast-check";
import { truncateUtf8 } from "../../../../sandbox/dms/source/lob";
import { formatLsn, parseLsn } from "../../../../sandbox/dms/source/postgres/lsn";
import { roundDecimal } from "../../../../sandbox/dms/source/postgres/types";
import { itemBytes } from "../../../../sandbox/dms/target/itemSize";
import { dynamoNumber } from "../../../../sandbox/dms/target/number";

describe("dynamoNumber", () => {
  it("writes numbers as DynamoDB gives them back", () => {
    const cases: [text: string, number: string | undefined][] = [
      ["0", "0"],
      ["-0.00", "0"],
      ["007.50", "7.5"],
      ["-12", "-12"],
      ["100", "100"],
      ["1.5e+10", "15000000000"],
      ["1.5e-7", "0.00000015"],
      ["1e100", "1E+100"],
      ["-1.25e-100", "-1.25E-100"],
      ["9.9e125", "9.9E+125"],
      ["1e126", undefined],
      ["1e-131", undefined],
      ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
      ["123456789012345678901234567890123456789", undefined],
      ["1234567890123456789012345678901234567800", "1234567890123456789012345678901234567800"],
      ["NaN", undefined],
      ["-Infinity", undefined],
      ["", undefined],
    ];
    for (const [text, number] of cases) {
      assert.equal(dynamoNumber(text), number, text);
    }
  });

  it("keeps the value of every number of up to 38 digits", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n),
        fc.integer({ min: 0, max: 45 }),
        (digits, scale) => {
          const sign = digits < 0n ? "-" : "";
          const padded = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
          const text = `${sign}${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`;
          const result = dynamoNumber(text) ?? "";
          const [mantissa = "", exponent = "0"] = result.split("E");
          const [whole = "", fraction = ""] = mantissa.split(".");
          const shift = BigInt(scale) + BigInt(exponent) - BigInt(fraction.length);
          const value = BigInt(whole + fraction);
          const equal = shift >= 0n ? value * 10n ** shift === digits : value === digits * 10n ** -shift;
          assert.ok(equal, `${text} became ${result}`);
          assert.doesNotMatch(result, /^-?0\d|\.\d*0$|\.$/);
        },
      ),
    );
  });
});

describe("roundDecimal", () => {
  it("rounds half away from zero, carrying over", () => {
    const cases: [value: string, scale: number, rounded: string][] = [
      ["1.2345665", 6, "1.234567"],
      ["-1.2345665", 6, "-1.234567"],
      ["1.2345664", 6, "1.234566"],
      ["0.9999999", 6, "1.000000"],
      ["9.99", 1, "10.0"],
      ["1.5", 0, "2"],
      ["12", 6, "12"],
      ["NaN", 6, "NaN"],
    ];
    for (const [value, scale, rounded] of cases) {
      assert.equal(roundDecimal(value, scale), rounded);
    }
  });
});

describe("truncateUtf8", () => {
  it("is the longest beginning that fits, and never a half character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 40 }), (text, maxBytes) => {
        const cut = truncateUtf8(text, maxBytes);
        assert.ok(text.startsWith(cut));
        assert.ok(Buffer.byteLength(cut) <= maxBytes);
        const next = [...text][[...cut].length] ?? "";
        assert.ok(next === "" || Buffer.byteLength(cut + next) > maxBytes);
      }),
    );
  });
});

describe("itemBytes", () => {
  it("counts names and values as DynamoDB does", () => {
    assert.equal(
      itemBytes({ id: { N: "123" }, näme: { S: "é" }, ok: { BOOL: true } }),
      2 + 3 + 5 + 2 + 2 + 1,
    );
  });
});

describe("parseLsn", () => {
  it("reads what formatLsn writes, and orders as the log does", () => {
    assert.equal(formatLsn(parseLsn("16/B374D848")), "16/B374D848");
    assert.ok(parseLsn("1/0") > parseLsn("0/FFFFFFFF"));
  });
});
