/** A place in the binary log: which file, and how many bytes of it. */
export interface BinlogPosition {
  file: string;
  offset: number;
}

/** `binlog.000042/1337`. A file's name ends in its number; the offset of an event's end is where the next begins. */
export function formatPosition({ file, offset }: BinlogPosition): string {
  return `${file}/${offset}`;
}

/** @throws Error where the text is none that {@link formatPosition} wrote */
export function parsePosition(text: string): BinlogPosition {
  const [, file, offset] = /^(.+)\/(\d+)$/.exec(text) ?? [];
  if (file === undefined) {
    throw new Error(`"${text}" is no position of a binary log, such as binlog.000042/1337`);
  }
  return { file, offset: Number(offset) };
}

/** A file's number: it grows by one with each file, and beyond the six digits that it is padded to. */
function numberOf(file: string): bigint {
  return BigInt(/\.(\d+)$/.exec(file)?.[1] ?? "0");
}

/** Whether the first position is at or behind the second in the same log. */
export function isAtOrBehind(one: BinlogPosition, other: BinlogPosition): boolean {
  const [file, otherFile] = [numberOf(one.file), numberOf(other.file)];
  return file === otherFile ? one.offset >= other.offset : file > otherFile;
}
