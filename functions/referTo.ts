import { parse, stringify } from "lossless-json";
import type { ChangeReference } from "./changeEvent";
import { isEnvelope } from "./formats/fromDebezium";

type Members = Record<string, unknown>;

/**
 * The text of an event with a reference in place of its rows, in the format that it has and with every digit of its
 * key: as the fan-in writes one that is too large for the stream.
 *
 * @param text an event that `parseEvent` reads
 * @param maxBytes the most that the text may have: where it has more, the names of the changed columns go as well
 */
export function referTo(text: string, ref: ChangeReference, maxBytes: number): string {
  const value = parse(text) as Members;
  const short = `${stringify(withReference(value, { ref }))}\n`;
  return Buffer.byteLength(short) <= maxBytes
    ? short
    : `${stringify(withReference(value, { ref, changed: [] }))}\n`;
}

function withReference(value: Members, { ref, changed }: { ref: ChangeReference; changed?: [] }): Members {
  if (value.specversion !== undefined) {
    return {
      ...value,
      data: withReference(value.data as Members, { ref, ...(changed && { changed }) }),
    };
  }
  if (isEnvelope(value)) {
    return { ...(value as object), before: null, after: null, source: { ...value.source, ref } };
  }
  return { ...value, old: null, new: null, ...(changed && { changed }), ref };
}
