import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startOnFreePort } from "../freePort";
import type { ManagedProcess, ProcessExit } from "../process";
import { makeDataFolder, type ServerPlace, serverPlace } from "./serverPlace";

/** What a kind of database server does in its own way. */
export interface ServerKind {
  /** The name of its log (`<name>.log`) and of the file with its credentials (`<name>.json`). */
  name: string;
  /** The scheme of its connection strings. */
  scheme: string;
  /** The name of its superuser. */
  user: string;
  /** A file or folder that every data folder of its has, and an empty one has not. */
  landmark: string;
  /** Tells from an error of the start that somebody else took the port. */
  portTaken: RegExp;
  /** Ends the server on the spot: what it left is recovered at the next start. */
  crashSignal: NodeJS.Signals;
  /** Fills the empty data folder, with a superuser of that password. */
  initialize(place: ServerPlace, password: string, logFile: string): Promise<void>;
  /** Starts the server and resolves when it accepts connections on the port of 127.0.0.1. */
  launch(place: ServerPlace, port: number, logFile: string): Promise<ManagedProcess>;
}

/** How a server shuts down: `fast` in order, `immediate` as in a crash, to be recovered from at the next start. */
export type ShutdownMode = "fast" | "immediate";

/** What a kept server must not forget; in a file that its owner alone reads. */
interface Credentials {
  password: string;
  /** The port of the last run, taken again where it is free: others keep it in their own state. */
  port?: number;
}

/** A database server of our own on 127.0.0.1, with a random password. */
export class DatabaseServer {
  readonly host = "127.0.0.1";
  readonly user: string;
  readonly port: number;
  readonly password: string;
  private readonly kind: ServerKind;
  private readonly place: ServerPlace;
  private readonly logFile: string;
  private child: ManagedProcess;

  private constructor(kind: ServerKind, started: Started) {
    this.kind = kind;
    this.user = kind.user;
    this.port = started.port;
    this.password = started.password;
    this.place = started.place;
    this.logFile = started.logFile;
    this.child = started.child;
  }

  /**
   * Makes a server's data where there is none, and starts it.
   * @param bin the folder with its programs
   * @param stateDir the folder for its data, its password and its log; made where missing. Data found there is
   * served again.
   * @throws ProcessError with the end of the server's log where it does not come up
   */
  static async open(kind: ServerKind, bin: string, stateDir: string): Promise<DatabaseServer> {
    mkdirSync(stateDir, { recursive: true, mode: 0o711 });
    const place = serverPlace(bin, stateDir);
    const logFile = join(stateDir, `${kind.name}.log`);
    const credentialsFile = join(stateDir, `${kind.name}.json`);
    const credentials =
      readCredentials(credentialsFile, join(place.dataDir, kind.landmark)) ??
      (await makeData(kind, place, credentialsFile, logFile));
    let port = 0;
    const child = await startOnFreePort(
      (candidate) => {
        port = candidate;
        return kind.launch(place, candidate, logFile);
      },
      (error) => kind.portTaken.test(String(error)),
      credentials.port,
    );
    writePrivately(credentialsFile, JSON.stringify({ ...credentials, port }));
    return new DatabaseServer(kind, { port, password: credentials.password, place, logFile, child });
  }

  /** The connection string of a database. Its password is a secret: keep it out of logs and arguments. */
  url(database: string): string {
    return `${this.kind.scheme}://${this.user}:${this.password}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Resolves when the server's process is gone. */
  get exited(): Promise<ProcessExit> {
    return this.child.exited;
  }

  /** What went wrong with the server, with its last log lines. */
  failure(what: string): Error {
    return this.child.failure(what);
  }

  async stop(mode: ShutdownMode = "fast"): Promise<void> {
    await this.child.stop(mode === "fast" ? undefined : this.kind.crashSignal);
  }

  /** Starts the stopped server again, on the same port and data. */
  async start(): Promise<void> {
    this.child = await this.kind.launch(this.place, this.port, this.logFile);
  }

  /** Removes the data of a stopped server; the state folder itself is the caller's. */
  remove(): void {
    rmSync(this.place.dataDir, { recursive: true, force: true });
    if (this.place.outside !== undefined) {
      rmSync(this.place.outside, { recursive: true, force: true });
    }
  }
}

interface Started {
  port: number;
  password: string;
  place: ServerPlace;
  logFile: string;
  child: ManagedProcess;
}

/** Written last of all when data is made: without it, what lies in the data folder is half of it. */
function readCredentials(file: string, landmark: string): Credentials | undefined {
  if (!existsSync(file) || !existsSync(landmark)) {
    return undefined;
  }
  return JSON.parse(readFileSync(file, "utf8")) as Credentials;
}

async function makeData(
  kind: ServerKind,
  place: ServerPlace,
  credentialsFile: string,
  logFile: string,
): Promise<Credentials> {
  rmSync(credentialsFile, { force: true });
  rmSync(place.dataDir, { recursive: true, force: true });
  makeDataFolder(place);
  const password = randomBytes(24).toString("hex");
  await kind.initialize(place, password, logFile);
  writePrivately(credentialsFile, JSON.stringify({ password }));
  return { password };
}

function writePrivately(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}
