import type { ChangeOperation } from "../../functions/changeEvent";
import { type ChangeFilter, tableName } from "../../functions/changeFilter";
import { OPERATIONS as DEBEZIUM_LETTERS } from "../../functions/formats/debezium";
import { DEFAULT_FORMAT, type EventFormat } from "../../functions/formats/format";
import { checkOneOf, shown } from "../checks";
import type { Faults } from "../faults";

/** How many patterns a mapping can have (AWS Lambda developer guide: five, unless the quota is raised). */
const MAX_PATTERNS = 5;

/** How long a pattern can be (AWS Lambda API reference, Filter). */
const MAX_PATTERN_LENGTH = 4096;

/** Every operation that a change event can be of. */
export const OPERATIONS: readonly ChangeOperation[] = ["insert", "update", "delete", "load"];

/**
 * The patterns by which a mapping leaves out events before it invokes anything: alternatives stand in one pattern as
 * far as its form allows, one pattern for each schema that is named. Where the tables do not fit into what Lambda
 * takes, the operations alone are left to it, and the handler leaves out the rest.
 *
 * @param format the format of the stream's events
 * @returns JSON texts, one of which an event must match; none where every event passes.
 */
export function filterPatterns(
  { tables, ops }: ChangeFilter,
  format: EventFormat = DEFAULT_FORMAT,
): string[] {
  const operations = ops && { op: format === "debezium" ? ops.map((op) => DEBEZIUM_LETTERS[op]) : ops };
  const pattern = (event: object) =>
    JSON.stringify({ data: format === "cloudevents" ? { data: event } : event });
  const patterns = tables && sources(tables).map((source) => pattern({ ...operations, source }));
  if (patterns && patterns.length <= MAX_PATTERNS && patterns.every(isShort)) return patterns;
  return operations ? [pattern(operations)] : [];
}

/** Checks a filter: an empty list would match nothing, and a name that no table has would do so unnoticed. */
export function checkChangeFilter(faults: Faults, { tables, ops }: ChangeFilter): void {
  if (tables?.length === 0) faults.add("tables", "is empty; name a table, or leave it out for all");
  tables?.forEach((name, index) => {
    const { schema, table } = tableName(name);
    if (schema === "" || table === "" || name.includes("%")) {
      faults.add(
        `tables[${index}]`,
        `${shown(name)} is not the name of a table; give it as "orders" or as "public.orders"`,
      );
    }
  });
  if (ops?.length === 0) faults.add("ops", "is empty; name an operation, or leave it out for all");
  ops?.forEach((op, index) => {
    checkOneOf(faults, `ops[${index}]`, op, OPERATIONS);
  });
}

/** The alternatives for an event's `source`, the tables of a schema in one. */
function sources(tables: readonly string[]): object[] {
  const bySchema = new Map<string | undefined, string[]>();
  for (const name of tables) {
    const { schema, table } = tableName(name);
    bySchema.set(schema, [...(bySchema.get(schema) ?? []), table]);
  }
  return [...bySchema].map(([schema, table]) =>
    schema === undefined ? { table } : { schema: [schema], table },
  );
}

function isShort(text: string): boolean {
  return text.length <= MAX_PATTERN_LENGTH;
}
