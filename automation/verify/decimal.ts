const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** A decimal number as digits and a power of ten. */
interface Decimal {
  negative: boolean;
  digits: bigint;
  /** The number is `digits` times ten to the power of `-scale`. */
  scale: number;
}

function parse(text: string): Decimal | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text.trim()) ?? [];
  return whole + fraction === ""
    ? undefined
    : { negative: sign === "-", digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

/**
 * A decimal number in the one form that every spelling of it has; rounded half away from zero where a number of
 * decimals is given, as PostgreSQL rounds. Undefined for what is no finite number.
 */
export function canonicalDecimal(text: string, decimals?: number): string | undefined {
  const decimal = parse(text);
  if (decimal === undefined) {
    return undefined;
  }
  let { digits, scale } = decimal;
  if (decimals !== undefined && scale > decimals) {
    const divisor = 10n ** BigInt(scale - decimals);
    digits = (digits + divisor / 2n) / divisor;
    scale = decimals;
  }
  while (digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return digits === 0n ? "0" : `${decimal.negative ? "-" : ""}${digits}e${-scale}`;
}
