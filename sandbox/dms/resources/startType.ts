import { z } from "zod";
import type { StartType } from "../replicator/job";
import { invalidCombination } from "../wire/fault";

export const startTypeInput = z.enum(["start-replication", "resume-processing", "reload-target"]);

/** @throws Fault where a first start is not start-replication, or a later one is */
export function checkStartType(type: StartType, ranBefore: boolean): void {
  if (type === "start-replication" && ranBefore) {
    throw invalidCombination(
      "Start Type : START_REPLICATION, valid only for tasks running for the first time",
    );
  }
  if (type !== "start-replication" && !ranBefore) {
    const name = type.toUpperCase().replace("-", "_");
    throw invalidCombination(`Start Type : ${name}, valid only for tasks running previously`);
  }
}
