/** The most significant digits that a DynamoDB number holds. */
const MAX_DIGITS = 38;

/** The largest power of ten of a number's first digit. */
const MAX_MAGNITUDE = 125;

/** The smallest power of ten of a number's first digit. */
const MIN_MAGNITUDE = -130;

/** Beyond this many digits a number is written with an exponent, as DynamoDB does. */
const MAX_PLAIN_LENGTH = 40;

/**
 * A number as DynamoDB gives it back: no exponent for the usual sizes, no leading and no trailing zeros.
 * @param text a decimal number, with or without an exponent
 * @returns undefined where DynamoDB has no such number: over 38 digits, beyond 1E-130 to 9.9E+125, or not finite
 */
export function dynamoNumber(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const allDigits = whole + fraction;
  const leading = allDigits.length - allDigits.replace(/^0+/, "").length;
  const digits = allDigits.slice(leading).replace(/0+$/, "");
  if (digits === "") {
    return allDigits === "" ? undefined : "0";
  }
  // The power of ten of the first significant digit.
  const magnitude = whole.length - leading - 1 + Number(exponent);
  if (digits.length > MAX_DIGITS || magnitude > MAX_MAGNITUDE || magnitude < MIN_MAGNITUDE) {
    return undefined;
  }
  const minus = sign === "-" ? "-" : "";
  return minus + place(digits, magnitude);
}

function place(digits: string, magnitude: number): string {
  if (Math.abs(magnitude) > MAX_PLAIN_LENGTH) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${digits[0]}${rest}E${magnitude < 0 ? "" : "+"}${magnitude}`;
  }
  if (magnitude < 0) {
    return `0.${"0".repeat(-magnitude - 1)}${digits}`;
  }
  const wholeLength = magnitude + 1;
  return digits.length <= wholeLength
    ? digits + "0".repeat(wholeLength - digits.length)
    : `${digits.slice(0, wholeLength)}.${digits.slice(wholeLength)}`;
}
