import { defaultPlan, type Plan } from "../../automation/doctor/plan";
import type { ColumnFacts, TableFacts } from "../../automation/doctor/sourceFacts";

/** A plan of a PostgreSQL source, with what a test changes of it. */
export function planWith(changes: Partial<Plan> = {}): Plan {
  return { ...defaultPlan("postgres"), ...changes };
}

/** A column of whole numbers, with what a test changes of it. */
export function columnFacts(name: string, changes: Partial<ColumnFacts> = {}): ColumnFacts {
  return { name, type: "int4", declared: "integer", nullable: false, ...changes };
}

/** A table that nothing is wrong with: `public.orders` with the key `id`. */
export function tableFacts(changes: Partial<TableFacts> = {}): TableFacts {
  return {
    schema: "public",
    table: "orders",
    columns: [columnFacts("id")],
    primaryKey: ["id"],
    uniqueKeys: [],
    readable: true,
    ...changes,
  };
}
