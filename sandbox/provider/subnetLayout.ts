import type { Properties } from "./properties";

/** What the program says of one kind of subnet: there is one in every zone. */
export interface SubnetSpec extends Properties {
  type: string;
  name?: string;
  /** The size of each, as a prefix length. Default: a zone's range in equal parts. */
  cidrMask?: number;
  /** The ranges, one for each zone. Default: laid out. */
  cidrBlocks?: string[];
}

/** One subnet to make. */
export interface PlannedSubnet {
  name: string;
  spec: SubnetSpec;
  zone: string;
  cidrBlock: string;
}

/** The smallest subnet of AWS's. */
const SMALLEST_PREFIX = 28;

/**
 * Every zone gets an equal part of the range, and in it every kind of subnet an equal part, one behind the other, as
 * awsx's `Auto` strategy lays them out where no sizes are given.
 * @throws Error where the range is too small
 */
export function subnetLayout(
  name: string,
  cidrBlock: string,
  zones: readonly string[],
  specs: readonly SubnetSpec[],
): PlannedSubnet[] {
  const { start, prefix } = parse(cidrBlock);
  const zonePrefix = prefix + bits(zones.length);
  const ownPrefix = zonePrefix + bits(specs.length);
  return zones.flatMap((zone, index) => {
    let next = start + index * size(zonePrefix);
    return specs.map((spec) => {
      const mask = spec.cidrMask ?? ownPrefix;
      if (mask > SMALLEST_PREFIX || next + size(mask) > start + (index + 1) * size(zonePrefix)) {
        throw new Error(
          `cidrBlock "${cidrBlock}" has no room for ${zones.length} zones of ${specs.length} subnets`,
        );
      }
      const range = spec.cidrBlocks?.[index] ?? `${address(next)}/${mask}`;
      next += size(mask);
      const kind = spec.name ?? spec.type.toLowerCase();
      return { name: `${name}-${kind}-${index + 1}`, spec, zone, cidrBlock: range };
    });
  });
}

function parse(cidrBlock: string): { start: number; prefix: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidrBlock);
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match?.slice(1).map(Number) ?? [];
  if (Math.max(a, b, c, d) > 255 || prefix > SMALLEST_PREFIX) {
    throw new Error(`cidrBlock "${cidrBlock}" is no IPv4 range; give one such as 10.0.0.0/16`);
  }
  return { start: ((a * 256 + b) * 256 + c) * 256 + d, prefix };
}

/** The bits that tell so many parts apart. */
function bits(parts: number): number {
  return Math.ceil(Math.log2(Math.max(parts, 1)));
}

function size(prefix: number): number {
  return 2 ** (32 - prefix);
}

function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
