import type { HeartbeatSession } from "./heartbeatSession";
import {
  type HeartbeatFamily,
  type HeartbeatTable,
  heartbeatStatements,
  isMissingTable,
} from "./heartbeatSql";

/**
 * Writes one heartbeat, and makes the table where it is not there. The table is looked for by writing to it: whoever
 * may write needs no right to make tables, and an administrator can make it beforehand.
 *
 * @throws Error that names the statement, what the source says of it, and the grants that it takes
 */
export async function writeHeartbeat(
  session: HeartbeatSession,
  family: HeartbeatFamily,
  table: HeartbeatTable,
): Promise<void> {
  const { prepare, write, create, grants } = heartbeatStatements(family, table);
  const run = async (sql: string) => {
    try {
      await session.execute(sql);
    } catch (error) {
      throw new StatementFailed(sql, error, grants);
    }
  };
  for (const sql of prepare) {
    await run(sql);
  }
  try {
    await run(write);
  } catch (error) {
    if (!(error instanceof StatementFailed) || !isMissingTable(family, error.cause)) {
      throw error;
    }
    await makeAndWrite(run, create, write);
  }
}

/** The schedule and the driver may make the table at the same time: then the other one's is written to. */
async function makeAndWrite(
  run: (sql: string) => Promise<void>,
  create: string,
  write: string,
): Promise<void> {
  let refused: unknown;
  await run(create).catch((error: unknown) => {
    refused = error;
  });
  try {
    await run(write);
  } catch (error) {
    throw refused ?? error;
  }
}

/** A statement that the source refused. */
class StatementFailed extends Error {
  constructor(sql: string, cause: unknown, grants: readonly string[]) {
    super(
      `the source refuses the heartbeat's statement ${sql} (${(cause as Error).message}); the source's user needs: ${grants
        .map((grant) => grant.replace("{user}", "<user>"))
        .join("; ")}`,
      { cause },
    );
  }
}
