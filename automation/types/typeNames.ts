import { byName, qualifiedName } from "../tableMatch";
import type { RowType } from "./rowType";

/**
 * A name for the types of each table, by `schema.table`: the table's in PascalCase, with the schema's before it where
 * two tables would share one, and a number behind it where they still would. It depends on the tables alone, not on their
 * order, so it is the same in every run.
 */
export function typeNames(tables: readonly Pick<RowType, "schema" | "table">[]): Map<string, string> {
  const sorted = [...tables].sort(byName);
  const short = counted(sorted.map(({ table }) => pascalCase(table)));
  const taken = new Set<string>();
  return new Map(
    sorted.map((one) => {
      const { schema, table } = one;
      const name = pascalCase(table);
      const wanted = short.get(name) === 1 ? name : pascalCase(`${schema} ${table}`);
      let free = wanted;
      for (let number = 2; taken.has(free); number += 1) {
        free = `${wanted}${number}`;
      }
      taken.add(free);
      return [qualifiedName(one), free];
    }),
  );
}

/** A name as an identifier of JavaScript: its words joined, each with a capital, without what an identifier cannot have. */
function pascalCase(name: string): string {
  const words = name.split(/[^\p{ID_Continue}]+|_+/u).filter((word) => word !== "");
  const joined = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return /^\p{ID_Start}/u.test(joined) ? joined : `T${joined}`;
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
