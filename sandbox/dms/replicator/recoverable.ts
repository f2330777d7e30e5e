import { SourceFault } from "../source/source";
import { Interrupted } from "../target/retry";
import { TaskFault } from "./tables";

/** A statement that met a change of its table, or a lock, or the server's end, and does better the next time. */
const MYSQL_ERRORS = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "ER_SERVER_SHUTDOWN",
  "ER_NORMAL_SHUTDOWN",
  "ER_CON_COUNT_ERROR",
  "ER_TOO_MANY_USER_CONNECTIONS",
  "ER_CONNECTION_KILLED",
  "ER_QUERY_INTERRUPTED",
  "ER_LOCK_DEADLOCK",
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_TABLE_DEF_CHANGED",
]);

/**
 * Whether the source may work again by itself: the connection was lost or refused, the server starts or stops, or
 * resources are short. Sources: PostgreSQL's manual, "Error Codes"; MySQL's, "Server Error Message Reference".
 */
export function isRecoverable(error: unknown): boolean {
  if (error instanceof Interrupted || error instanceof SourceFault || error instanceof TaskFault) {
    return false;
  }
  const { code, message } = error as { code?: string; message: string };
  if (code === undefined) {
    return /connection|timeout|not queryable|the server ended/i.test(message);
  }
  return (
    MYSQL_ERRORS.has(code) ||
    /^(08|53|57P|55006|40)/.test(code) ||
    /^E(CONN|PIPE|HOST|NET|TIMEDOUT)/.test(code)
  );
}
