import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that is not a zombie. */
export interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
}

/** A socket that listens: the address in dotted or hexadecimal form, and the port. */
export interface ListeningSocket {
  pid: number;
  address: string;
  port: number;
}

/** A file or link of /proc; undefined where its process is gone or another user's. */
function ofProcess<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Every process of this machine (Linux). */
function allProcesses(): ProcessInfo[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = ofProcess(() => readFileSync(`/proc/${name}/stat`, "utf8"));
      const command = ofProcess(() => readFileSync(`/proc/${name}/cmdline`, "utf8"));
      // proc(5): the state and the parent follow the command, which is in brackets and may hold anything.
      const [state, parent] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
      return state === undefined || state === "Z"
        ? []
        : [
            {
              pid: Number(name),
              parent: Number(parent),
              command: command?.replaceAll("\0", " ").trim() ?? "",
            },
          ];
    });
}

/** All processes below one, however deep. */
export function descendants(of: number): ProcessInfo[] {
  const all = allProcesses();
  const found: ProcessInfo[] = [];
  let parents = [of];
  while (parents.length > 0) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map(({ pid }) => pid);
  }
  return found;
}

/** Those of some processes that are still there, under the same command. */
export function survivors(of: readonly ProcessInfo[]): ProcessInfo[] {
  const now = new Map(allProcesses().map((info) => [info.pid, info]));
  return of.filter(({ pid, command }) => now.get(pid)?.command === command);
}

/** Every TCP socket on which one of some processes listens, IPv6 included. */
export function listeningSockets(of: readonly ProcessInfo[]): ListeningSocket[] {
  const owners = new Map<string, number>();
  for (const { pid } of of) {
    for (const fd of ofProcess(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      const inode = ofProcess(() => readlinkSync(`/proc/${pid}/fd/${fd}`))?.match(/^socket:\[(\d+)\]$/)?.[1];
      if (inode !== undefined) {
        owners.set(inode, pid);
      }
    }
  }
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
    (ofProcess(() => readFileSync(file, "utf8")) ?? "")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .flatMap((fields) => {
        const [address = "", port = ""] = fields[1]?.split(":") ?? [];
        const pid = owners.get(fields[9] ?? "");
        // State 0A is LISTEN.
        return fields[3] !== "0A" || pid === undefined
          ? []
          : [{ pid, address: dotted(address), port: Number.parseInt(port, 16) }];
      }),
  );
}

/** An IPv4 address as the kernel writes it: four bytes, the last first. */
function dotted(address: string): string {
  return address.length === 8 ? [...Buffer.from(address, "hex").reverse()].join(".") : address;
}
