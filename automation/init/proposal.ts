import type { TableSelection } from "../../components/replication/tableMappings";
import type { Finding } from "../doctor/finding";
import type { FindingCode } from "../doctor/findingCodes";
import { exclusionOf } from "../doctor/rules/keys";
import type { TableFacts } from "../doctor/sourceFacts";
import { byName, qualifiedName } from "../tableMatch";

/** Tables with their exceptions, each with the reason that stands beside it. */
export interface TableProposal {
  include: string[];
  exclude: { pattern: string; why: string }[];
  keys: { table: string; columns: string[]; why: string }[];
}

/** What DMS cannot replicate however it is configured. */
const HOPELESS: readonly FindingCode[] = ["table-unsupported", "source-name", "key-lost", "key-name"];

/** What naming a table's key mends. */
const KEYED: readonly FindingCode[] = ["composite-key", "no-primary-key", "table-name", "table-name-clash"];

/** One pattern for each schema that has tables. */
export function schemaPatterns(tables: readonly TableFacts[]): string[] {
  return [...new Set(tables.map(({ schema }) => schema))].sort().map((schema) => `${schema}.%`);
}

/**
 * Proposes keys for the tables that need them, and leaves out those that DMS cannot replicate. Pure.
 *
 * @param findings what the doctor says of the tables, without any exception configured.
 */
export function proposeTables(
  include: readonly string[],
  tables: readonly TableFacts[],
  findings: readonly Finding[],
): TableProposal {
  const proposal: TableProposal = { include: [...include], exclude: [], keys: [] };
  for (const table of [...tables].sort(byName)) {
    const name = qualifiedName(table);
    const about = findings.filter(
      ({ subject, code }) => subject === name || (code === "key-lost" && subject.startsWith(`${name}.`)),
    );
    const hopeless = about.find(({ code }) => HOPELESS.includes(code));
    const keyed = about.find(({ code }) => KEYED.includes(code));
    const [key] = [table.primaryKey, ...table.uniqueKeys].filter((columns) => columns.length > 0);
    if (hopeless !== undefined || (keyed !== undefined && key === undefined)) {
      const why = hopeless?.what ?? keyed?.what ?? "";
      proposal.exclude.push({ pattern: exclusionOf(table, tables), why });
    } else if (keyed !== undefined && key !== undefined) {
      proposal.keys.push({ table: name, columns: key, why: keyed.what });
    }
  }
  return proposal;
}

/** The proposal as the configuration has it. */
export function selectionOf({ include, exclude, keys }: TableProposal): TableSelection {
  return {
    include,
    ...(exclude.length > 0 && { exclude: exclude.map(({ pattern }) => pattern) }),
    ...(keys.length > 0 && { keys: Object.fromEntries(keys.map(({ table, columns }) => [table, columns])) }),
  };
}
