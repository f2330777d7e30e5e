import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";

const ERROR_LINE = /\]E:\s*(.*)$/;
const SOURCE_POSITION = /\s+\([\w./-]+:\d+\)\s*$/;
const MAXIMUM_PAGES = 10;

/** Reads the error lines of a replication's log, oldest first, without their source positions. */
export async function errorLines(
  client: CloudWatchLogsClient,
  where: { logGroupName: string; logStreamNamePrefix?: string; since?: Date | undefined },
): Promise<string[]> {
  const input = {
    logGroupName: where.logGroupName,
    filterPattern: '"]E:"',
    ...(where.logStreamNamePrefix !== undefined && { logStreamNamePrefix: where.logStreamNamePrefix }),
    ...(where.since && { startTime: where.since.getTime() }),
  };
  const lines: string[] = [];
  let pages = 0;
  try {
    for await (const page of paginateFilterLogEvents({ client }, input)) {
      lines.push(...(page.events ?? []).flatMap((event) => errorText(event.message ?? "") ?? []));
      pages += 1;
      if (pages >= MAXIMUM_PAGES) {
        break;
      }
    }
  } catch (error) {
    // DMS makes the log group with its first line.
    if (!(error instanceof ResourceNotFoundException)) {
      throw error;
    }
  }
  return lines;
}

/** The text of a DMS log line of level E, e.g. `2026-11-23T14:15:04 [TASK_MANAGER ]E:  text  (file.c:12)`. */
export function errorText(line: string): string | undefined {
  return ERROR_LINE.exec(line.trim())?.[1]?.replace(SOURCE_POSITION, "").trim();
}

/** Finds what a log's error lines say about one table: the last line that names it. */
export function reasonFinder(
  lines: readonly string[],
): (schema: string, table: string) => string | undefined {
  const plain = lines.map((line) => ({ line, names: line.replaceAll(/['"`]/g, "") }));
  return (schema, table) => {
    const name = `${schema}.${table}`.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const whole = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`);
    return plain.findLast(({ names }) => whole.test(names))?.line;
  };
}
