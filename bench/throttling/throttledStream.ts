import type { PutRecords } from "../../functions/publish";
import type { OutgoingRecord } from "../../functions/rowQueue";
import type { EventClock } from "./eventClock";

/** What a call of PutRecords takes inside a Region: a round trip, and a little for each record. */
const CALL_MS = 10;
const RECORD_MS = 0.02;

/** A change stream that refuses each entry of a call by chance, and takes the others. */
export class ThrottledStream {
  /** What it took, in its order. */
  readonly taken: OutgoingRecord[] = [];

  /** @param refusals the share of the entries that it refuses */
  constructor(
    private readonly refusals: number,
    private readonly clock: EventClock,
    private readonly random: () => number,
  ) {}

  readonly putRecords: PutRecords = async (records) => {
    await this.clock.sleep(CALL_MS + records.length * RECORD_MS);
    return records.map((record) => {
      if (this.random() < this.refusals) {
        return "ProvisionedThroughputExceededException";
      }
      this.taken.push(record);
      return null;
    });
  };
}
