import type * as aws from "@pulumi/aws";
import { shown } from "../checks";
import type { Faults } from "../faults";

/** The source engines, in DMS's own names (API reference, CreateEndpoint, EngineName). `sybase` is SAP ASE. */
export const SOURCE_ENGINES = [
  "postgres",
  "aurora-postgresql",
  "mysql",
  "mariadb",
  "aurora",
  "sqlserver",
  "oracle",
  "db2",
  "sybase",
] as const;

/** A source engine in DMS's own name. */
export type SourceEngine = (typeof SOURCE_ENGINES)[number];

/** How DMS encrypts and checks its connection to the source. */
export type SslMode = "none" | "require" | "verify-ca" | "verify-full";

/** A value of an engine's own setting. */
export type SettingValue = string | number | boolean;

/** The settings block of the provider's Endpoint that an engine's settings go into; some engines have none. */
type SettingsBlock = "postgresSettings" | "mysqlSettings" | "oracleSettings";

type KeyOf<T> = Extract<keyof T, string>;

/** What DMS and the provider know of one engine. */
export interface EngineFacts {
  /** The port that the engine listens on unless told otherwise. */
  readonly port: number;
  /** The SSL modes that DMS has for it (AWS DMS user guide, CHAP_Security.SSL). */
  readonly sslModes: readonly SslMode[];
  /** Whether DMS takes its credentials from Secrets Manager (provider's docs of `secretsManagerArn`). */
  readonly secretsManager: boolean;
  /** Whether an endpoint must name a database; MySQL's family reads every database of the server. */
  readonly database: boolean;
  /** Where its settings go: a block of the endpoint, or extra connection attributes. */
  readonly block?: SettingsBlock;
  /** The names allowed in `settings`, where the provider has a block for the engine. */
  readonly settings?: readonly string[];
  /** The settings that rowstream chooses, each with its reason beside it. */
  readonly defaults: Readonly<Record<string, SettingValue>>;
}

const POSTGRES_SETTINGS = [
  "afterConnectScript",
  "babelfishDatabaseName",
  "captureDdls",
  "databaseMode",
  "ddlArtifactsSchema",
  "executeTimeout",
  "failTasksOnLobTruncation",
  "heartbeatEnable",
  "heartbeatFrequency",
  "heartbeatSchema",
  "mapBooleanAsBoolean",
  "mapJsonbAsClob",
  "mapLongVarcharAs",
  "pluginName",
  "slotName",
] as const satisfies readonly KeyOf<aws.types.input.dms.EndpointPostgresSettings>[];

const MYSQL_SETTINGS = [
  "afterConnectScript",
  "cleanSourceMetadataOnMismatch",
  "eventsPollInterval",
  "executeTimeout",
  "serverTimezone",
] as const satisfies readonly KeyOf<aws.types.input.dms.EndpointMysqlSettings>[];

/** Passwords (ASM, TDE) are left out: `settings` is plain configuration; use the endpoint's transform for them. */
const ORACLE_SETTINGS = [
  "accessAlternateDirectly",
  "addSupplementalLogging",
  "additionalArchivedLogDestId",
  "allowSelectedNestedTables",
  "archivedLogDestId",
  "archivedLogsOnly",
  "charLengthSemantics",
  "convertTimestampWithZoneToUtc",
  "failTaskOnLobTruncation",
  "numberDatatypeScale",
  "openTransactionWindow",
  "oraclePathPrefix",
  "parallelAsmReadThreads",
  "readAheadBlocks",
  "readTableSpaceName",
  "replacePathPrefix",
  "retryInterval",
  "spatialDataOptionToGeoJsonFunctionName",
  "standbyDelayTime",
  "trimSpaceInChar",
  "useAlternateFolderForOnline",
  "useBfile",
  "useDirectPathFullLoad",
  "useLogminerReader",
  "usePathPrefix",
] as const satisfies readonly KeyOf<aws.types.input.dms.EndpointOracleSettings>[];

const POSTGRES: EngineFacts = {
  port: 5432,
  sslModes: ["none", "require", "verify-ca", "verify-full"],
  secretsManager: true,
  database: true,
  block: "postgresSettings",
  settings: POSTGRES_SETTINGS,
  defaults: {
    // Without it a new column is not seen. It keeps a table and an event trigger in the source.
    captureDdls: true,
    // A LOB that does not fit stops the task instead of arriving cut off.
    failTasksOnLobTruncation: true,
    // A replication slot on a quiet database pins the WAL of the whole server until its disk is full.
    heartbeatEnable: true,
  },
};

const MYSQL: EngineFacts = {
  port: 3306,
  sslModes: ["none", "verify-ca", "verify-full"],
  secretsManager: true,
  database: false,
  block: "mysqlSettings",
  settings: MYSQL_SETTINGS,
  // After an ALTER TABLE the cached table description no longer fits the binlog: read it again, do not fail.
  defaults: { cleanSourceMetadataOnMismatch: true },
};

/**
 * Every engine and what DMS knows of it. Sources: AWS DMS user guide, CHAP_Source.*, CHAP_Security.SSL; the
 * provider's documentation of aws.dms.Endpoint.
 */
export const ENGINES: { readonly [E in SourceEngine]: EngineFacts } = {
  postgres: POSTGRES,
  "aurora-postgresql": POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  aurora: MYSQL,
  sqlserver: {
    port: 1433,
    sslModes: ["none", "require", "verify-full"],
    secretsManager: true,
    database: true,
    // Changes to a table that is not set up for MS-CDC are lost, a new table's among them.
    defaults: { SetUpMsCdcForTables: true },
  },
  oracle: {
    port: 1521,
    // The certificate of verify-ca is an Oracle wallet (.sso), not a PEM file.
    sslModes: ["none", "verify-ca"],
    secretsManager: true,
    database: true,
    block: "oracleSettings",
    settings: ORACLE_SETTINGS,
    defaults: {
      // DMS's manual contradicts itself about the default; without it an UPDATE's key is not in the redo log.
      addSupplementalLogging: true,
      failTaskOnLobTruncation: true,
    },
  },
  db2: {
    port: 50000,
    sslModes: ["none", "verify-ca"],
    secretsManager: false,
    database: true,
    // Tables without DATA CAPTURE CHANGES write no changes that DMS can read.
    defaults: { SetDataCaptureChanges: true },
  },
  sybase: {
    port: 5000,
    sslModes: ["none", "verify-full"],
    secretsManager: false,
    database: true,
    defaults: {},
  },
};

/** The part of an endpoint's arguments that depends on the engine. */
export interface EngineSettings {
  postgresSettings?: aws.types.input.dms.EndpointPostgresSettings;
  mysqlSettings?: aws.types.input.dms.EndpointMysqlSettings;
  oracleSettings?: aws.types.input.dms.EndpointOracleSettings;
  extraConnectionAttributes?: string;
}

/**
 * The engine's settings as the provider takes them: in the engine's own block where it has one, as extra connection
 * attributes (`name=value;`, sorted by name, so that their order makes no difference) where it has none.
 *
 * @param settings the user's own; they win over rowstream's defaults.
 */
export function endpointSettings(
  engine: SourceEngine,
  settings: Readonly<Record<string, SettingValue>> = {},
): EngineSettings {
  const { block, defaults } = ENGINES[engine];
  const all: Record<string, SettingValue> = { ...defaults, ...settings };
  if (block !== undefined) return { [block]: all };
  const attributes = Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value};`)
    .join("");
  return attributes === "" ? {} : { extraConnectionAttributes: attributes };
}

/** Checks the names (and, for extra connection attributes, the values) of the user's own settings. */
export function checkEndpointSettings(
  faults: Faults,
  path: string,
  engine: SourceEngine,
  settings: Readonly<Record<string, SettingValue>>,
): void {
  const allowed = ENGINES[engine].settings;
  for (const [name, value] of Object.entries(settings)) {
    if (allowed !== undefined && !allowed.includes(name)) {
      faults.add(`${path}.${name}`, `is no setting of ${engine}; the settings are ${allowed.join(", ")}`);
    } else if (allowed === undefined && !/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
      faults.add(
        `${path}.${name}`,
        "is no name of an extra connection attribute; give letters and digits only",
      );
    } else if (allowed === undefined && /[;=]/.test(String(value))) {
      faults.add(
        `${path}.${name}`,
        `${shown(value)} may not contain ";" or "=": they separate the attributes`,
      );
    }
  }
}
