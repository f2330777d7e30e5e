import type { RedriveEvent, RedriveResult } from "../../automation/redrive/redriveResult";
import { aligned } from "./aligned";

/** What a redrive did, for people: the counts, then each event and object that needs a word. */
export function redriveReport(result: RedriveResult): string {
  const { dryRun, objects, overtaken, held, unrecoverable, late } = result;
  const total = objects.redriven + objects.left + unrecoverable.length;
  if (total === 0) {
    return "the failure bucket holds nothing to redrive\n";
  }
  const counts = [
    [dryRun ? "would be published" : "published", String(result.published)],
    ["published before", String(result.alreadyPublished)],
    ["overtaken, left out", String(overtaken.length)],
    ["held back", String(held.length)],
    ["not recoverable", String(unrecoverable.length)],
    [dryRun ? "objects that would be done with" : "objects done with", String(objects.redriven)],
    ["objects left", String(objects.left)],
  ];
  return [
    ...aligned(counts),
    ...section("OVERTAKEN: a later event of the row is in the change stream", overtaken.map(eventCells)),
    ...section(
      "HELD BACK: to publish these all the same, add --force",
      held.map((event) => [...eventCells(event), event.reason]),
    ),
    ...section(
      "NOT RECOVERABLE",
      unrecoverable.map(({ object, id, reason }) => [id ?? "", object, reason]),
    ),
    ...section("OUT OF ORDER: a later event of the row came first; go by `sequence`", late.map(eventCells)),
    ...(result.stoppedBy === undefined ? [] : ["", `STOPPED by ${result.stoppedBy}; run it again to go on`]),
    "",
  ].join("\n");
}

function eventCells({ table, key, id, object }: RedriveEvent): string[] {
  return [table, key, id, object];
}

function section(title: string, rows: string[][]): string[] {
  return rows.length === 0 ? [] : ["", title, ...aligned(rows)];
}
