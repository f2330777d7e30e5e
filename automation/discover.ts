import {
  type AttributeDefinition,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateListTables,
} from "@aws-sdk/client-dynamodb";
import type { KeyAttribute, ReplicatedTable } from "../components/replicatedTable";
import { RowstreamError } from "./errors";
import type { Discovery } from "./events";
import type { ReplicationControl } from "./replicationControl";
import { byName, type MatchResult, matchTables, qualifiedName } from "./tableMatch";

/** What discovery reads of DynamoDB. */
export interface TableCatalogue {
  /** Every table name of the account and region. */
  names(): Promise<Set<string>>;
  /** A table's primary key. */
  key(tableName: string): Promise<Pick<ReplicatedTable, "partitionKey" | "sortKey">>;
}

/** What discovery sets against each other. */
export interface DiscoverOptions {
  control: Pick<ReplicationControl, "tableStatistics" | "tableErrors">;
  catalogue: TableCatalogue;
  /** The tables in the stack; their key schema is not read again. */
  known: readonly ReplicatedTable[];
  /** DynamoDB names that object mappings fix, by `schema.table`. */
  targetNames: Readonly<Record<string, string>>;
}

/**
 * Finds the tables DMS made: its table statistics set against DynamoDB's tables.
 *
 * @throws RowstreamError `TableNotMatched` for a loaded table that no DynamoDB table can be found for,
 * `TableClash` where two SQL tables share one, `StatisticsLost` where there is nothing to go by.
 */
export async function discover(options: DiscoverOptions): Promise<Discovery> {
  const [statistics, dynamoTables] = await Promise.all([
    options.control.tableStatistics(),
    options.catalogue.names(),
  ]);
  if (statistics.length === 0 && options.known.length === 0) {
    throw new RowstreamError("StatisticsLost", "user", "DMS lists no table for this replication", {
      remedy:
        "check that rowstream:tables selects at least one table of the source; if DMS serverless has been " +
        "deprovisioned since the full load, reload it (aws dms start-replication --start-replication-type reload-target)",
    });
  }
  const inError = statistics.some((table) => /error/i.test(table.state));
  const reasons = inError ? await options.control.tableErrors() : undefined;
  const result = matchTables({
    statistics,
    known: options.known,
    targetNames: options.targetNames,
    dynamoTables,
    ...(reasons && { reasonOf: reasons }),
  });
  refuse(result);
  const added: ReplicatedTable[] = [];
  for (const match of result.found) {
    added.push({ ...match, ...(await options.catalogue.key(match.tableName)) });
  }
  return {
    tables: [...result.kept, ...added].sort(byName),
    added,
    gone: result.gone,
    skipped: result.skipped,
  };
}

function refuse(result: MatchResult): void {
  const clash = result.clashes[0];
  if (clash) {
    const all = result.clashes
      .map(({ tableName, sources }) => `"${tableName}" (${sources.join(", ")})`)
      .join("; ");
    throw new RowstreamError(
      "TableClash",
      "user",
      `more than one SQL table is written to the same DynamoDB table: ${all}`,
      {
        remedy: `give each a DynamoDB table of its own by listing its key under rowstream:tables.keys (${clash.sources.join(", ")}), or exclude one`,
      },
    );
  }
  if (result.unmatched.length > 0) {
    const all = result.unmatched
      .map(
        (table) =>
          `${qualifiedName(table)} (looked for ${table.tried.map((name) => `"${name}"`).join(", ")})`,
      )
      .join("; ");
    throw new RowstreamError("TableNotMatched", "user", `loaded by DMS, but not found in DynamoDB: ${all}`, {
      remedy:
        "if its DynamoDB table was deleted, reload it (aws dms reload-tables) or exclude it under rowstream:tables.exclude",
    });
  }
}

/** The catalogue of the account and region that the client is for. */
export function dynamoCatalogue(client: DynamoDBClient): TableCatalogue {
  return {
    async names() {
      const names = new Set<string>();
      for await (const page of paginateListTables({ client }, {})) {
        for (const name of page.TableNames ?? []) {
          names.add(name);
        }
      }
      return names;
    },
    async key(tableName) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
      const attribute = (keyType: "HASH" | "RANGE") => {
        const name = Table?.KeySchema?.find((element) => element.KeyType === keyType)?.AttributeName;
        return name === undefined ? undefined : keyAttribute(name, Table?.AttributeDefinitions ?? []);
      };
      const partitionKey = attribute("HASH");
      if (!partitionKey) {
        throw new RowstreamError(
          "TableNotMatched",
          "rowstream",
          `DynamoDB gave no key for table "${tableName}"`,
        );
      }
      const sortKey = attribute("RANGE");
      return sortKey ? { partitionKey, sortKey } : { partitionKey };
    },
  };
}

function keyAttribute(name: string, definitions: readonly AttributeDefinition[]): KeyAttribute {
  const type = definitions.find((definition) => definition.AttributeName === name)?.AttributeType;
  return { name, type: type === "N" || type === "B" ? type : "S" };
}
