import { resourcePolicy } from "../lib/policy";
import { known } from "../lib/unknown";

export const keyRotation = resourcePolicy(
  {
    group: "encryption",
    name: "key-rotation",
    what: "A key rotates every year.",
    why: "What one key has encrypted over many years is lost all at once with it.",
    remedy: "set enableKeyRotation to true",
    severity: "medium",
    controls: ["SecurityHub.KMS.4", "CIS-AWS-3.0.0/3.6", "WellArchitected.SEC08-BP01"],
  },
  "aws:kms/key:Key",
  // KMS rotates no asymmetric key.
  (key) =>
    isSymmetric(key.customerMasterKeySpec) && key.enableKeyRotation !== true
      ? "the key does not rotate"
      : undefined,
  (key) => {
    if (!isSymmetric(known(() => key.customerMasterKeySpec))) return false;
    if (known(() => key.enableKeyRotation) === true) return false;
    key.enableKeyRotation = true;
    return true;
  },
);

function isSymmetric(spec: string | undefined): boolean {
  return spec === undefined || spec === "SYMMETRIC_DEFAULT";
}
