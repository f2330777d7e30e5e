import { resourcePolicy } from "../lib/policy";
import { TIER, type TierSettings } from "../lib/settings";
import { isGiven, known } from "../lib/unknown";

/** The account's own key for Kinesis. */
const AWS_KEY = "alias/aws/kinesis";

export const streamEncryption = resourcePolicy(
  {
    group: "encryption",
    name: "stream-encryption",
    what: "A stream is encrypted with KMS.",
    why: "It holds every row of the source that has changed within its retention.",
    remedy: "set encryptionType to KMS and kmsKeyId to a key",
    severity: "high",
    controls: ["SecurityHub.Kinesis.1", "WellArchitected.SEC08-BP02"],
  },
  "aws:kinesis/stream:Stream",
  (stream) =>
    stream.encryptionType === "KMS"
      ? undefined
      : `the stream's encryption is ${stream.encryptionType ?? "NONE"}`,
  (stream) => {
    if (known(() => stream.encryptionType) === "KMS") return false;
    stream.encryptionType = "KMS";
    if (!isGiven(() => stream.kmsKeyId)) stream.kmsKeyId = AWS_KEY;
    return true;
  },
);

export const streamKey = resourcePolicy<"aws:kinesis/stream:Stream", TierSettings>(
  {
    group: "encryption",
    name: "stream-key",
    what: "In production a stream is encrypted with a key of the customer's own.",
    why: "Who may use AWS's key cannot be decided, nor can another account be let read.",
    remedy: "set kmsKeyId to the ARN of a customer-managed key",
    severity: "medium",
    controls: ["WellArchitected.SEC08-BP01"],
    settings: { tier: TIER },
  },
  "aws:kinesis/stream:Stream",
  (stream, { tier }) => {
    if (tier !== "production") return undefined;
    if (!isGiven(() => stream.kmsKeyId)) return "the stream names no key";
    return known(() => stream.kmsKeyId)?.endsWith(AWS_KEY)
      ? "the stream is encrypted with AWS's own key"
      : undefined;
  },
);
