import type { StreamRecord } from "../../functions/dynamoDbStream";
import type { Bench } from "../bench";
import { sideBySide } from "../measure";
import { atLeast, machine, type Report } from "../report";
import { batches } from "./batches";
import { deployed, readOnly, serializedClosure, unmarshallAndStringify } from "./variants";

const OURS = "rowstream";
const UNMARSHALL = "unmarshall + stringify";
const CLOSURE = "serialized closure";
const PARSE = "JSON.parse of the batch";

const TARGETED = "updates, 10 columns";

/**
 * Stream records to event bytes. The deployed bundle does all of a fan-in's own work (conversion, keys, the order of
 * rows, the calls' limits) up to the call of PutRecords, which answers at once; the others convert only.
 */
export const fanIn: Bench = async (size, onProgress) => {
  const options = size === "full" ? { rounds: 9, atLeastMs: 150 } : { rounds: 1, atLeastMs: 1 };
  const [ours, unmarshall, closure] = [deployed(), unmarshallAndStringify(), await serializedClosure()];
  const report: Report = { name: "fanin", machine: machine(), rows: [], ratios: {}, targets: {} };
  for (const { name, text, records } of batches(size === "full" ? 1000 : 50)) {
    onProgress(name);
    const list = (JSON.parse(text) as { Records: StreamRecord[] }).Records;
    const times = await sideBySide(
      [
        { name: OURS, run: () => ours(list) },
        { name: UNMARSHALL, run: () => unmarshall(list) },
        { name: CLOSURE, run: () => closure(list) },
        { name: PARSE, run: readOnly(text) },
      ],
      options,
    );
    const time = (variant: string) => times.get(variant) ?? Number.NaN;
    report.rows.push({
      batch: name,
      "KiB a record": text.length / records / 1024,
      ...Object.fromEntries(
        [...times].map(([variant, ms]) => [`${variant}, records/s`, Math.round((records / ms) * 1000)]),
      ),
    });
    const beside = time(UNMARSHALL) / time(OURS);
    const floor = time(PARSE) / time(OURS);
    report.ratios[`${name}: beside ${UNMARSHALL}`] = beside;
    report.ratios[`${name}: beside ${CLOSURE}`] = time(CLOSURE) / time(OURS);
    report.ratios[`${name}: beside ${PARSE}`] = floor;
    report.targets[`${name}: beside ${UNMARSHALL}`] = atLeast(beside, name === TARGETED ? 2 : 1.5);
    report.targets[`${name}: beside ${PARSE}`] = atLeast(floor, 1);
  }
  return report;
};
