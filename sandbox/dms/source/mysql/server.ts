import type { Connection } from "mysql2/promise";
import { type BinlogPosition, parsePosition } from "./binlogPosition";
import { rowsOf } from "./connection";

/** Which of the two servers it is, and its version. */
export interface ServerVersion {
  flavour: "mysql" | "mariadb";
  /** As the server prints it, for example `10.11.6-MariaDB-log`. */
  text: string;
  major: number;
  minor: number;
  patch: number;
}

export function parseVersion(text: string): ServerVersion {
  const [major = 0, minor = 0, patch = 0] = text.split(/[^0-9]/).map(Number);
  return { flavour: /mariadb/i.test(text) ? "mariadb" : "mysql", text, major, minor, patch };
}

/** Whether a version is this one or a later. */
export function isAtLeast(
  { major, minor, patch }: ServerVersion,
  wanted: [major: number, minor: number, patch: number],
): boolean {
  const own = [major, minor, patch];
  const first = own.findIndex((number, place) => number !== wanted[place]);
  return first < 0 || (own[first] ?? 0) > (wanted[first] ?? 0);
}

export async function readVersion(client: Connection): Promise<ServerVersion> {
  const [row] = await rowsOf(client, "SELECT VERSION() AS version");
  return parseVersion(row?.version ?? "");
}

/** The end of the binary log; undefined where the server writes none. */
export async function readLogEnd(
  client: Connection,
  version: ServerVersion,
): Promise<BinlogPosition | undefined> {
  const renamed = version.flavour === "mysql" && isAtLeast(version, [8, 2, 0]);
  const [row] = await rowsOf(client, renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
  return row?.File ? { file: row.File, offset: Number(row.Position) } : undefined;
}

/** Whether the server still has the log from a position on. */
export async function hasLog(client: Connection, from: string): Promise<boolean> {
  const { file, offset } = parsePosition(from);
  const rows = await rowsOf(client, "SHOW BINARY LOGS");
  return rows.some((row) => row.Log_name === file && Number(row.File_size) >= offset);
}
