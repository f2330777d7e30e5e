import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type * as dms from "@aws-sdk/client-database-migration-service";
import type { Wire } from "./wire/shapes";

/** An endpoint with what the API takes and never gives back. */
export interface StoredEndpoint {
  endpoint: Wire<dms.Endpoint> & { EndpointArn: string; EndpointIdentifier: string };
  password?: string;
}

export type StoredTask = Wire<dms.ReplicationTask> & {
  ReplicationTaskArn: string;
  ReplicationTaskIdentifier: string;
  ReplicationInstanceArn: string;
  SourceEndpointArn: string;
  TargetEndpointArn: string;
  TableMappings: string;
  ReplicationTaskSettings: string;
  Status: string;
};

export type StoredConfig = Wire<dms.ReplicationConfig> & {
  ReplicationConfigArn: string;
  ReplicationConfigIdentifier: string;
  SourceEndpointArn: string;
  TargetEndpointArn: string;
  TableMappings: string;
  ReplicationSettings: string;
};

export type StoredReplication = Wire<dms.Replication> & { Status: string };

export type StoredInstance = Wire<dms.ReplicationInstance> & {
  ReplicationInstanceArn: string;
  ReplicationInstanceIdentifier: string;
  ReplicationInstanceStatus: string;
};

/** Everything that the API has created, by ARN (subnet groups by identifier). */
export interface State {
  subnetGroups: Record<string, Wire<dms.ReplicationSubnetGroup>>;
  instances: Record<string, StoredInstance>;
  endpoints: Record<string, StoredEndpoint>;
  connections: Record<string, Wire<dms.Connection>>;
  tasks: Record<string, StoredTask>;
  configs: Record<string, { config: StoredConfig; replication: StoredReplication }>;
  tags: Record<string, Record<string, string>>;
}

const EMPTY: State = {
  subnetGroups: {},
  instances: {},
  endpoints: {},
  connections: {},
  tasks: {},
  configs: {},
  tags: {},
};

/** Writes a file so that a reader, and a crash at any moment, sees the old text or the new one, whole. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/**
 * The durable state: `resources.json` for what the API has created (with the endpoints' passwords, so it belongs
 * to its owner alone) and a file a task for its progress. A change is on disk before its request is answered.
 */
export class Store {
  readonly state: State;
  private readonly file: string;
  private readonly progressFolder: string;

  /** @param folder made where missing */
  constructor(folder: string) {
    this.file = join(folder, "resources.json");
    this.progressFolder = join(folder, "progress");
    mkdirSync(this.progressFolder, { recursive: true, mode: 0o700 });
    this.state = { ...structuredClone(EMPTY), ...readJson<Partial<State>>(this.file) };
  }

  /** Puts the state on disk. */
  save(): void {
    writeAtomically(this.file, JSON.stringify(this.state, null, 1));
  }

  readProgress<T>(id: string): T | undefined {
    return readJson<T>(join(this.progressFolder, `${id}.json`));
  }

  writeProgress(id: string, progress: object): void {
    writeAtomically(join(this.progressFolder, `${id}.json`), JSON.stringify(progress));
  }

  removeProgress(id: string): void {
    rmSync(join(this.progressFolder, `${id}.json`), { force: true });
  }
}
