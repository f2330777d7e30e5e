import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { TableSelection } from "../../components/replication/tableMappings";
import { RowstreamError } from "../errors";
import { configObject, configuredConnection } from "../source/configuredSource";
import { postgresConfig } from "../source/postgresConnection";
import {
  type ConfiguredSource,
  connectionFromUrl,
  type EngineFamily,
  familyOf,
  type SourceConnection,
} from "../source/sourceConnection";
import { qualifiedName } from "../tableMatch";
import { requireOutputs } from "../tables";
import { openStack, type WorkspaceOptions } from "../workspace";
import { compareTable } from "./compareTable";
import type { VerifyResult } from "./verifyResult";
import type { VerifySource } from "./verifySource";
import { dynamoTarget } from "./verifyTarget";

/** Options of `verify`. */
export interface VerifyOptions extends WorkspaceOptions {
  /** The source's URL. Default: the source that the stack's configuration names, with the password there. */
  sourceUrl?: string;
  /** Only these tables, as `schema.table` or `table`. Default: all of the pipeline's. */
  tables?: readonly string[];
  /** How long a row must differ, with no change on either side, until it is reported. Default: 30. */
  settleSeconds?: number;
  /** Give the values of the columns that differ. Default: false, their names only. */
  showValues?: boolean;
  onProgress?(table: string, rows: number): void;
}

const SETTLE_SECONDS = 30;

/**
 * Compares the source with the tables that DMS made of it, row by row, while changes flow. It reads only. What DMS
 * loses (the update of a primary key, say) is found here: no event could show it.
 *
 * @throws RowstreamError `StackNotDeployed`, `SourceNotReadable`, `TableNotMatched`
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const stack = await openStack(options);
  const [snapshot, configuration] = await Promise.all([stack.snapshot(), stack.configuration()]);
  const { region, tables } = requireOutputs(stack.name, snapshot.outputs);
  const named = options.tables ?? [];
  const chosen = tables.filter(
    (table) => named.length === 0 || named.includes(table.table) || named.includes(qualifiedName(table)),
  );
  if (chosen.length === 0) {
    throw new RowstreamError(
      "TableNotMatched",
      "user",
      `none of the pipeline's tables is ${named.join(" or ")}; they are ${tables.map(qualifiedName).join(", ") || "none"}`,
    );
  }
  const source = await openSource(options.sourceUrl, configuration);
  const target = dynamoTarget(new DynamoDBClient({ region }));
  const { keys = {} } = configObject<TableSelection>(configuration, "tables");
  try {
    const result: VerifyResult = { tables: [] };
    for (const table of chosen) {
      result.tables.push(
        await compareTable(table, {
          source,
          target,
          keys,
          settleMs: (options.settleSeconds ?? SETTLE_SECONDS) * 1000,
          showValues: options.showValues ?? false,
          onProgress: options.onProgress,
          signal: options.signal,
        }),
      );
    }
    return result;
  } finally {
    await source.close();
  }
}

/** The engines that can be compared. Each is loaded, with its driver, when it is asked for. */
const OPENERS: Partial<Record<EngineFamily, (connection: SourceConnection) => Promise<VerifySource>>> = {
  postgres: async (connection) =>
    (await import("./postgresSource.js")).postgresSource(postgresConfig(connection)),
  mysql: async (connection) => (await import("./mysqlSource.js")).mysqlSource(connection),
};

/**
 * Opens the source: from a URL, or as the configuration says.
 *
 * @throws RowstreamError `SourceNotReadable`
 */
export async function openSource(
  url: string | undefined,
  configuration: Record<string, string>,
): Promise<VerifySource> {
  const { engine } = configObject<ConfiguredSource>(configuration, "source");
  const connection =
    url === undefined ? await configuredConnection(configuration) : connectionFromUrl(url, engine);
  const open = OPENERS[familyOf(connection.engine)];
  if (open === undefined) {
    throw new RowstreamError(
      "SourceNotReadable",
      "user",
      `the source's engine is "${connection.engine}"; verify reads PostgreSQL, MySQL, MariaDB and Aurora`,
    );
  }
  try {
    return await open(connection);
  } catch (error) {
    throw new RowstreamError(
      "SourceNotReadable",
      "user",
      `the source cannot be read: ${(error as Error).message}`,
      {
        remedy: "run it where the database can be reached, or name the way to it with --source",
        cause: error,
      },
    );
  }
}
