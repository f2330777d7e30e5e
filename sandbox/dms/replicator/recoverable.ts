import { SourceFault } from "../source/source";
import { Interrupted } from "../target/retry";
import { TaskFault } from "./tables";

/**
 * Whether the source may work again by itself: the connection was lost or refused, the server starts or stops, or
 * resources are short. Source: PostgreSQL's manual, "Error Codes".
 */
export function isRecoverable(error: unknown): boolean {
  if (error instanceof Interrupted || error instanceof SourceFault || error instanceof TaskFault) {
    return false;
  }
  const { code, message } = error as { code?: string; message: string };
  if (code === undefined) {
    return /connection|timeout|not queryable|the server ended/i.test(message);
  }
  return /^(08|53|57P|55006|40)/.test(code) || /^E(CONN|PIPE|HOST|NET|TIMEDOUT)/.test(code);
}
