import { START } from "./connectors";
import type { Job } from "./sql";

/** The folder of the connector within the zip. */
export const LIBRARY_FOLDER = "lib";

/** The program within the zip. */
export const MAIN = "main.py";

/**
 * The program that Managed Service for Apache Flink runs: it makes the tables and hands Flink all that is written as
 * one job. It is one file with the statements in it, since where the service unpacks the others is not documented.
 *
 * @param backSeconds how far before now a job without a state begins to read
 */
export function mainProgram(job: Job, backSeconds: number): string {
  // A JSON text, and again as JSON: that is a literal of Python's, too.
  const text = asciiJson(JSON.stringify(job));
  return `"""Counts and alerts over the change stream, in Flink's SQL. Made by rowstream's Analytics; do not edit."""
import json
from datetime import datetime, timedelta, timezone

from pyflink.table import EnvironmentSettings, TableEnvironment

JOB = json.loads(${text})
BACK = timedelta(seconds=${backSeconds})


def main():
    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in JOB["settings"].items():
        environment.get_config().set(key, value)
    start = (datetime.now(timezone.utc) - BACK).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for statement in JOB["tables"]:
        environment.execute_sql(statement.replace("${START}", start))
    job = environment.create_statement_set()
    for statement in JOB["inserts"]:
        job.add_insert_sql(statement)
    job.execute()


if __name__ == "__main__":
    main()
`;
}

/** A text as JSON in ASCII: halves of surrogate pairs stay pairs when json.loads puts them together. */
function asciiJson(text: string): string {
  return JSON.stringify(
    text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}
