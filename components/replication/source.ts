import type * as pulumi from "@pulumi/pulumi";
import { arnPattern, checkGiven, checkMatch, checkOneOf, checkWhole, shown } from "../checks";
import { Faults } from "../faults";
import {
  checkEndpointSettings,
  ENGINES,
  type SettingValue,
  SOURCE_ENGINES,
  type SourceEngine,
  type SslMode,
} from "./endpointSettings";

/** The source database and how to reach it. */
export interface SourceArgs {
  /**
   * The source's name in every event (`source.name`), 1 to 64 letters, digits, `.`, `_` or `-`. It tells consumers
   * of several pipelines apart and should not change.
   */
  name: string;
  /** The engine: postgres, aurora-postgresql, mysql, mariadb, aurora, sqlserver, oracle, db2 or sybase (SAP ASE). */
  engine: SourceEngine;
  /** The host's name or address. Required, but for `secretArn`, whose secret holds it. */
  host?: pulumi.Input<string>;
  /** The port. Default: the engine's own. With `secretArn` it must be the one in the secret. */
  port?: pulumi.Input<number>;
  /** The database's name (Oracle: the SID or service). Required, but for MySQL's family, which reads the server. */
  database?: pulumi.Input<string>;
  /** The user that DMS connects as. Not with `secretArn`. */
  username?: pulumi.Input<string>;
  /** The user's password; it stays a secret in the state. Not with `secretArn`. */
  password?: pulumi.Input<string>;
  /**
   * The ARN of a secret in Secrets Manager with the JSON members username, password, host and port. Not for db2 and
   * sybase, which DMS gives no secrets.
   */
  secretArn?: pulumi.Input<string>;
  /**
   * How the connection is encrypted: none, require, verify-ca or verify-full, as far as the engine has them. Default:
   * `require` where the engine has it; for all others there is none, so that clear text is always a choice.
   */
  sslMode?: SslMode;
  /** The ARN of a DMS certificate (Oracle: a wallet). Required with verify-ca and verify-full, not allowed without. */
  certificateArn?: pulumi.Input<string>;
  /**
   * Settings of the engine's own, over rowstream's: the members of the provider's postgresSettings, mysqlSettings or
   * oracleSettings; for the other engines, DMS's extra connection attributes.
   */
  settings?: Record<string, SettingValue>;
}

/** The source with its defaults filled in. */
export type ResolvedSource = SourceArgs & { port: pulumi.Input<number>; sslMode: SslMode };

/** Fills in the engine's port and SSL mode. Call it on checked arguments. */
export function resolveSource(source: SourceArgs): ResolvedSource {
  return {
    ...source,
    port: source.port ?? ENGINES[source.engine].port,
    sslMode: source.sslMode ?? "require",
  };
}

/** Checks the source's arguments. */
export function checkSource(source: SourceArgs | undefined, prefix = ""): Faults {
  const faults = new Faults(prefix);
  if (source === undefined) {
    faults.add("", "is missing; name the source database");
    return faults;
  }
  checkGiven(faults, "name", source.name, "it names the source in every event");
  checkMatch(
    faults,
    "name",
    source.name || undefined,
    /^[A-Za-z0-9._-]{1,64}$/,
    "1 to 64 letters, digits, . _ or -",
  );
  checkGiven(faults, "engine", source.engine, `give one of ${SOURCE_ENGINES.join(", ")}`);
  checkOneOf(faults, "engine", source.engine, SOURCE_ENGINES);
  checkWhole(faults, "port", source.port, { min: 1, max: 65535, unit: "a TCP port" });
  checkMatch(
    faults,
    "certificateArn",
    source.certificateArn,
    arnPattern("dms"),
    "the ARN of a DMS certificate",
  );
  checkMatch(
    faults,
    "secretArn",
    source.secretArn,
    arnPattern("secretsmanager"),
    "the ARN of a secret in Secrets Manager",
  );
  if (SOURCE_ENGINES.includes(source.engine)) checkForEngine(faults, source);
  return faults;
}

/** What depends on the engine. */
function checkForEngine(faults: Faults, source: SourceArgs): void {
  const facts = ENGINES[source.engine];
  if (facts.database) checkGiven(faults, "database", source.database, `${source.engine} needs a database`);
  checkCredentials(faults, source);
  checkSsl(faults, source);
  if (source.settings) checkEndpointSettings(faults, "settings", source.engine, source.settings);
}

function checkCredentials(faults: Faults, source: SourceArgs): void {
  if (source.secretArn === undefined) {
    checkGiven(faults, "host", source.host, "give the host's name or address, or a secretArn");
    checkGiven(faults, "username", source.username, "give the user that DMS connects as, or a secretArn");
    checkGiven(faults, "password", source.password, "give the user's password as a secret, or a secretArn");
    return;
  }
  if (!ENGINES[source.engine].secretsManager) {
    faults.add(
      "secretArn",
      `is not possible with ${source.engine}: DMS gives it no secrets; give username and password`,
    );
  }
  for (const key of ["host", "username", "password"] as const) {
    if (source[key] !== undefined) faults.add(key, "is given with secretArn; the secret holds it");
  }
}

function checkSsl(faults: Faults, source: SourceArgs): void {
  const { sslModes } = ENGINES[source.engine];
  const modes = sslModes.join(", ");
  const mode = source.sslMode ?? (sslModes.includes("require") ? "require" : undefined);
  if (mode === undefined) {
    faults.add("sslMode", `is missing; ${source.engine} has ${modes}, and none of them is safe to assume`);
    return;
  }
  if (!sslModes.includes(mode)) {
    faults.add("sslMode", `${shown(mode)} is not possible with ${source.engine}; it has ${modes}`);
  }
  const verifies = mode === "verify-ca" || mode === "verify-full";
  if (verifies && source.certificateArn === undefined) {
    faults.add("certificateArn", `is missing; ${mode} needs the certificate of the source's authority`);
  }
  if (!verifies && source.certificateArn !== undefined) {
    faults.add(
      "certificateArn",
      `is given with sslMode ${mode}, which checks no certificate; use a verify mode`,
    );
  }
}
