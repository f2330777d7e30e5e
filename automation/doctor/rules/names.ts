import { targetNames } from "../../../components/replication/tableMappings";
import { qualifiedName } from "../../tableMatch";
import { type Finding, finding } from "../finding";
import type { Plan } from "../plan";
import type { TableFacts } from "../sourceFacts";
import { keyCommands } from "./keys";

/** What DynamoDB allows as a table's name (DynamoDB developer guide, ServiceQuotas). */
const ALLOWED = /^[A-Za-z0-9_.-]{3,255}$/;

/**
 * Whether DynamoDB takes the tables' names, and each once. A table with explicit keys has the name that its mapping
 * gives it. AWS does not say how DMS names the others: they are taken to keep their own name.
 */
export function nameFindings(tables: readonly TableFacts[], plan: Plan): Finding[] {
  const mapped = targetNames(plan.tables);
  const nameOf = (table: TableFacts) => mapped[qualifiedName(table)] ?? table.table;
  const owners = new Map<string, TableFacts>();
  return tables.flatMap((table) => {
    const source = qualifiedName(table);
    const name = nameOf(table);
    const first = owners.get(name);
    owners.set(name, first ?? table);
    return [
      ...(ALLOWED.test(name) ? [] : [refused(table, name, plan)]),
      ...(first === undefined
        ? []
        : [
            finding(
              "table-name-clash",
              source,
              `would be the DynamoDB table "${name}", and so would ${qualifiedName(first)}`,
              remedy(table, plan),
            ),
          ]),
    ];
  });
}

function refused(table: TableFacts, name: string, plan: Plan): Finding {
  return finding(
    "table-name",
    qualifiedName(table),
    `DynamoDB refuses the name "${name}": it allows 3 to 255 letters, digits, _ . and -`,
    remedy(table, plan),
  );
}

/** A table whose key is listed is named by rowstream, schema and all. */
function remedy(table: TableFacts, plan: Plan): string {
  const source = qualifiedName(table);
  const [key] = [table.primaryKey, ...table.uniqueKeys].filter((columns) => columns.length > 0);
  return key === undefined || plan.tables.keys?.[source] !== undefined
    ? "leave the table out with rowstream:tables.exclude"
    : `list its key, and rowstream names it by schema and table: ${keyCommands(plan, source, key)}`;
}
