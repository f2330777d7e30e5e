import {
  tableCapacityChosen,
  tableDeletionProtection,
  tableOnDemandCeiling,
  tableRecovery,
  tableStreamImages,
} from "./capacity/tables";
import { streamEncryption, streamKey } from "./encryption/stream";
import type { PackPolicy } from "./lib/policy";

/** Every policy of the pack. What is not listed here does not run. */
export const policies: readonly PackPolicy[] = [
  tableCapacityChosen,
  tableOnDemandCeiling,
  tableStreamImages,
  tableRecovery,
  tableDeletionProtection,
  streamEncryption,
  streamKey,
];
