import { z } from "zod";
import type { StoredEndpoint } from "../store";
import { invalidCombination, invalidParameter } from "../wire/fault";

/** Every engine's block of settings; the password in it is the endpoint's. */
const settingsBlock = z.looseObject({ Password: z.string().optional() }).optional();

const SETTINGS = [
  "PostgreSQLSettings",
  "MySQLSettings",
  "OracleSettings",
  "SybaseSettings",
  "MicrosoftSQLServerSettings",
  "IBMDb2Settings",
] as const;

const ENGINES = [
  "mysql",
  "oracle",
  "postgres",
  "mariadb",
  "aurora",
  "aurora-postgresql",
  "opensearch",
  "redshift",
  "s3",
  "db2",
  "db2-zos",
  "azuredb",
  "sybase",
  "dynamodb",
  "mongodb",
  "kinesis",
  "kafka",
  "elasticsearch",
  "docdb",
  "sqlserver",
  "neptune",
  "babelfish",
] as const;

/** What both the creation and the modification of an endpoint take. */
export const endpointInput = {
  Username: z.string().optional(),
  Password: z.string().optional(),
  ServerName: z.string().optional(),
  Port: z.number().int().min(0).max(65_535).optional(),
  DatabaseName: z.string().optional(),
  ExtraConnectionAttributes: z.string().optional(),
  CertificateArn: z.string().optional(),
  SslMode: z.enum(["none", "require", "verify-ca", "verify-full"]).optional(),
  ServiceAccessRoleArn: z.string().optional(),
  DynamoDbSettings: z.object({ ServiceAccessRoleArn: z.string() }).optional(),
  PostgreSQLSettings: settingsBlock,
  MySQLSettings: settingsBlock,
  OracleSettings: settingsBlock,
  SybaseSettings: settingsBlock,
  MicrosoftSQLServerSettings: settingsBlock,
  IBMDb2Settings: settingsBlock,
};

export const endpointType = z.enum(["source", "target"]);

export const engineName = z.enum(ENGINES);

type EndpointFields = z.output<z.ZodObject<typeof endpointInput>>;

/** Puts what a request gives into an endpoint; a password goes beside it, where no answer shows it. */
export function applyEndpoint(stored: StoredEndpoint, fields: EndpointFields): void {
  const { Password, ...shown } = fields;
  let password = Password;
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(shown)) {
    if (value !== undefined) {
      given[name] = value;
    }
  }
  for (const name of SETTINGS) {
    const settings = fields[name];
    if (settings !== undefined) {
      const { Password: inside, ...rest } = settings;
      password ??= inside;
      given[name] = rest;
    }
  }
  Object.assign(stored.endpoint, given);
  if (password !== undefined) {
    stored.password = password;
  }
}

/** @throws Fault where the endpoint cannot work as it is described */
export function checkEndpoint({ endpoint }: StoredEndpoint): void {
  const { EngineName, EndpointType, SslMode, CertificateArn } = endpoint;
  if (EngineName === "dynamodb") {
    if (EndpointType !== "target") {
      throw invalidParameter("dynamodb is not an engine of a source endpoint");
    }
    if (endpoint.DynamoDbSettings === undefined && endpoint.ServiceAccessRoleArn === undefined) {
      throw invalidParameter("a dynamodb endpoint needs ServiceAccessRoleArn");
    }
  }
  const settings = endpoint.PostgreSQLSettings;
  const clear = endpoint.Username ?? endpoint.ServerName ?? settings?.Username ?? settings?.ServerName;
  if (settings?.SecretsManagerSecretId !== undefined && clear !== undefined) {
    throw invalidCombination(
      "SecretsManagerSecretId cannot be set together with Username, Password, ServerName and Port",
    );
  }
  if ((SslMode === "verify-ca" || SslMode === "verify-full") && CertificateArn === undefined) {
    throw invalidCombination(`SslMode ${SslMode} needs CertificateArn`);
  }
}
