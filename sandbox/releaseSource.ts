import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { resourceIdOf, sourceId } from "./dms/identity";
import { PostgresSource } from "./dms/source/postgres/postgresSource";
import { WHOLE_VALUES } from "./dms/source/source";
import { Store } from "./dms/store";
import { describeSource, type Source } from "./source";
import type { StateFolder } from "./stateFolder";

/** Holds the user's own source of a sandbox, so that a later one can clean up after a killed one. */
const FILE = "source.json";

/** Notes that this sandbox replicates a database of the user's own. */
export function rememberSource(folder: StateFolder, source: Source): void {
  const file = folder.at(FILE);
  writeFileSync(file, JSON.stringify(source), { mode: 0o600 });
  chmodSync(file, 0o600);
}

/**
 * Drops the replication slots and publications that a sandbox's DMS made in a database of the user's own: a slot
 * that nobody reads keeps the server's log for ever, until its disk is full. The stand-in must have ended.
 * @returns a warning where they may be left there; undefined where all is well or there was no such source
 */
export async function releaseSource(folder: StateFolder): Promise<string | undefined> {
  if (!existsSync(folder.at(FILE))) {
    return undefined;
  }
  const source = JSON.parse(readFileSync(folder.at(FILE), "utf8")) as Source;
  if (source.engine === "mysql") {
    // A reader of the binary log leaves nothing in the server.
    return undefined;
  }
  const { tasks, configs } = new Store(folder.at("dms")).state;
  for (const arn of [...Object.keys(tasks), ...Object.keys(configs)]) {
    const id = sourceId(resourceIdOf(arn));
    const database = new PostgresSource(source, id, WHOLE_VALUES);
    try {
      await database.forget();
    } catch (error) {
      return (
        `${describeSource(source)} may still have the replication slot awsdms_${id}, which keeps its log from being ` +
        `removed (${(error as Error).message}); drop it there: SELECT pg_drop_replication_slot('awsdms_${id}')`
      );
    } finally {
      await database.close();
    }
  }
  return undefined;
}
