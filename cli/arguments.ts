import { resolve } from "node:path";
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

/** A TCP port. */
export function portNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65_535) {
    throw new InvalidArgumentError("it must be a whole number from 1 to 65535.");
  }
  return number;
}

/** A positive number of seconds. */
export function secondsValue(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(number > 0)) {
    throw new InvalidArgumentError("it must be a positive number of seconds.");
  }
  return number;
}

/** A rate: a number of 0 or more. */
export function rateValue(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !Number.isFinite(number)) {
    throw new InvalidArgumentError("it must be a number of 0 or more.");
  }
  return number;
}

/**
 * The URL of a database that the sandbox replicates.
 *
 * @throws UsageError, and not commander's own error, which would repeat the value: it holds a password.
 */
export function sandboxSourceUrl(text: string): string {
  return checkedUrl(
    text,
    /^(postgres(ql)?|mysql|mariadb):$/,
    "--source must read ENGINE://USER:PASSWORD@HOST:PORT/DATABASE, with postgres, mysql or mariadb as ENGINE",
    true,
  );
}

/** A database's URL of any engine that rowstream reads. @throws UsageError, for the same reason */
export function databaseUrl(text: string): string {
  return checkedUrl(
    text,
    /^(postgres(ql)?|mysql|mariadb|sqlserver|oracle):$/,
    "--source must read ENGINE://USER@HOST:PORT/DATABASE, with postgres, mysql, mariadb, sqlserver or oracle as ENGINE",
    false,
  );
}

/** @param needsDatabase whether a URL without a database's name is refused */
function checkedUrl(text: string, schemes: RegExp, message: string, needsDatabase: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const database = url !== undefined && url.pathname.length > 1;
  if (!url || !schemes.test(url.protocol) || url.hostname === "" || (needsDatabase && !database)) {
    throw new UsageError(message);
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

/** A file, by its absolute path: commands run in the project's root, wherever they were called. */
export function filePath(text: string): string {
  return resolve(text);
}
