import { checkMatch, checkOneOf, checkWhole } from "../checks";
import type { Faults } from "../faults";

/** The capacity units of DMS Serverless (API reference, ComputeConfig). One unit is 2 GB of memory. */
export const CAPACITY_UNITS = [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384] as const;

/** A replication instance of a fixed size. */
export interface InstanceSize {
  /**
   * The instance class. Default: `dms.r6i.large`: changes of open transactions are cached in memory before they are
   * applied one by one, so memory counts for more than processors.
   */
  class?: string;
  /** Storage in GiB, 5 to 6144, for logs and cached changes. Default: 100. */
  storageGib?: number;
  /** A standby in a second availability zone, at twice the price. Default: false. */
  multiAz?: boolean;
  /** The DMS engine version, e.g. `3.6.1`. Default: AWS's own default, as versions are withdrawn every year. */
  engineVersion?: string;
}

/** A range of DMS Serverless capacity. */
export interface ServerlessSize {
  /** The least capacity, in DCU (2 GB of memory each): 1, 2, 4, 8, 16, 32, 64, 128, 192, 256 or 384. Default: 1. */
  minDcu?: number;
  /** The most capacity, in DCU, of the same values and not below `minDcu`. Required. */
  maxDcu: number;
  /** A standby in a second availability zone. Default: false. */
  multiAz?: boolean;
}

/** The instance of a pipeline that says nothing about its size. */
export const DEFAULT_INSTANCE = {
  class: "dms.r6i.large",
  storageGib: 100,
  multiAz: false,
} as const;

/** Checks a replication instance's size. */
export function checkInstanceSize(faults: Faults, path: string, size: InstanceSize): void {
  checkMatch(
    faults,
    `${path}.class`,
    size.class,
    /^dms\.[a-z][0-9a-z]*\.[0-9a-z]+$/,
    'an instance class of DMS; give one such as "dms.t3.medium" or "dms.r6i.large"',
  );
  checkWhole(faults, `${path}.storageGib`, size.storageGib, { min: 5, max: 6144, unit: "GiB" });
  checkMatch(
    faults,
    `${path}.engineVersion`,
    size.engineVersion,
    /^\d+\.\d+\.\d+$/,
    'a version of DMS; give one such as "3.6.1", or none for AWS\'s default',
  );
}

/** Checks a serverless replication's range. */
export function checkServerlessSize(faults: Faults, path: string, size: ServerlessSize): void {
  if (size.maxDcu === undefined) {
    faults.add(`${path}.maxDcu`, `is missing; give one of ${CAPACITY_UNITS.join(", ")}`);
  }
  checkOneOf(faults, `${path}.maxDcu`, size.maxDcu, CAPACITY_UNITS);
  checkOneOf(faults, `${path}.minDcu`, size.minDcu, CAPACITY_UNITS);
  if (size.minDcu !== undefined && size.minDcu > size.maxDcu) {
    faults.add(`${path}.minDcu`, `${size.minDcu} is more than maxDcu, ${size.maxDcu}; give it at most that`);
  }
}
