import { seededRandom } from "../../test/helpers/seededRandom";
import type { Bench } from "../bench";
import { atLeast, atMost, machine, type Report } from "../report";
import { EventClock } from "./eventClock";
import { changeBatches, examine, type StreamFindings } from "./history";
import { oneOfARowInFlight, onlyTheFailed, type RetryRule, theWholeCall } from "./rules";
import { ThrottledStream } from "./throttledStream";

const OURS = "rowstream";
const FAILED = "only the failed again";
const WHOLE = "the whole call of 500 again";
const WHOLE_SMALL = "the whole call of 10 again";

const RULES: Record<string, RetryRule> = {
  [OURS]: oneOfARowInFlight,
  [FAILED]: onlyTheFailed,
  [WHOLE]: theWholeCall(500),
  [WHOLE_SMALL]: theWholeCall(10),
};

const REFUSED_SHARES = [0.01, 0.1, 0.5];

/** How long a rule may try, on the bench's own clock: at some shares a whole batch is never taken at once. */
const PATIENCE_MS = 10 * 60_000;

/**
 * The rules by which publishers try again, on the same seeded stream that refuses entries. Time is the bench's own
 * (`EventClock`), so the figures are of the rules and of no machine.
 */
export const throttling: Bench = async (size, onProgress) => {
  const report: Report = { name: "throttling", machine: machine(), rows: [], ratios: {}, targets: {} };
  const history = { batches: size === "full" ? 40 : 4, batchSize: 500, rows: 2_000 };
  for (const share of REFUSED_SHARES) {
    const percent = `${share * 100} % refused`;
    onProgress(percent);
    const found = new Map<string, Outcome>();
    for (const [name, rule] of Object.entries(RULES)) {
      const outcome = await play(rule, share, history);
      found.set(name, outcome);
      report.rows.push({
        refused: percent,
        rule: name,
        "changes/s": Math.round(outcome.changesPerSecond),
        duplicates: outcome.duplicates,
        "out of order": outcome.outOfOrder,
        "not acknowledged": outcome.unacknowledged,
      });
    }
    const outcome = (name: string) => found.get(name) as Outcome;
    const ours = outcome(OURS);
    for (const other of [WHOLE, WHOLE_SMALL]) {
      const whole = outcome(other);
      const beside = `${percent}: beside ${other}`;
      report.ratios[beside] = ours.changesPerSecond / whole.changesPerSecond;
      report.targets[beside] = atLeast(report.ratios[beside], 1);
      report.targets[`${beside}, duplicates`] = atMost(ours.duplicates, Math.max(0, whole.duplicates - 1));
    }
    report.targets[`${percent}: out of order`] = atMost(ours.outOfOrder, 0);
  }
  return report;
};

interface Outcome extends StreamFindings {
  /** Changes that the rule never came to know as published. */
  unacknowledged: number;
  /** Different changes that reached the stream, by the bench's clock. */
  changesPerSecond: number;
}

async function play(
  rule: RetryRule,
  refusals: number,
  history: { batches: number; batchSize: number; rows: number },
): Promise<Outcome> {
  const clock = new EventClock();
  const stream = new ThrottledStream(refusals, clock, seededRandom(2));
  const context = {
    putRecords: stream.putRecords,
    clock,
    random: seededRandom(3),
    giveUpAt: PATIENCE_MS,
  };
  const batches = changeBatches(history, seededRandom(1));
  let acknowledged = 0;
  for (const batch of batches) {
    // A batch holds up those behind it, as it does for a mapping: whoever gives up here ends.
    if (!(await clock.run(rule(batch, context)))) {
      break;
    }
    acknowledged += batch.length;
  }
  const findings = examine(stream.taken);
  return {
    ...findings,
    unacknowledged: batches.length * history.batchSize - acknowledged,
    changesPerSecond: findings.changes / (clock.now / 1000),
  };
}
