import { InvalidArgumentError } from "commander";
import { UsageError } from "./errors";

/** A whole number of at least `minimum`, as an option's value. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < minimum) {
      throw new InvalidArgumentError(`it must be a whole number of at least ${minimum}.`);
    }
    return number;
  };
}

/** A positive number of seconds. */
export function secondsValue(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(number > 0)) {
    throw new InvalidArgumentError("it must be a positive number of seconds.");
  }
  return number;
}

/**
 * A database's URL.
 *
 * @throws UsageError, and not commander's own error, which would repeat the value: it holds a password.
 */
export function sourceUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === "" || url.pathname.length < 2) {
    throw new UsageError("--source must read postgres://USER:PASSWORD@HOST:PORT/DATABASE");
  }
  return text;
}

/**
 * A database's URL of any engine that rowstream reads.
 *
 * @throws UsageError, for the same reason.
 */
export function databaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !/^(postgres(ql)?|mysql|mariadb|sqlserver|oracle):$/.test(url.protocol) ||
    url.hostname === ""
  ) {
    throw new UsageError(
      "--source must read ENGINE://USER@HOST:PORT/DATABASE, with postgres, mysql, mariadb, sqlserver or oracle as ENGINE",
    );
  }
  return text;
}

/** Gathers the values of an option that may be given more than once. */
export function repeated(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** A pattern of tables: `schema.table`, with `%` for any text. */
export function tablePattern(value: string, previous: string[] | undefined): string[] {
  if (!/^[^.\s]+\.[^\s]+$/.test(value)) {
    throw new InvalidArgumentError("it must read schema.table; % stands for any text.");
  }
  return repeated(value, previous);
}
