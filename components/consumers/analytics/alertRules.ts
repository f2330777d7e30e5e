import type { ChangeOperation } from "../../../functions/changeEvent";
import { type ChangeFilter, tableName } from "../../../functions/changeFilter";
import { checkMatch, checkOneOf, checkWhole, shown } from "../../checks";
import { Faults } from "../../faults";
import { checkChangeFilter } from "../eventFilter";

/** How a column is compared with a value. */
export const COMPARISONS = ["=", "<>", "<", "<=", ">", ">="] as const;

/** One comparison of {@link COMPARISONS}. */
export type Comparison = (typeof COMPARISONS)[number];

/** What must hold of one column. */
export interface AlertCondition {
  /** The column's name, to the letter. */
  column: string;
  /** How it is compared. Order is that of numbers where the value is one, else that of text. */
  is: Comparison;
  /**
   * What it is compared with. A number is compared as a number of 28 digits and 10 decimals, with which a column that
   * is no number is neither equal nor in any order. A column that is NULL or absent is `null`, and differs from every
   * other value.
   */
  value: string | number | boolean | null;
  /**
   * The row that is looked at: as it was, or as it is. Default: as it is; of a row that was deleted, as it was.
   */
  row?: "old" | "new";
}

/** What is to be told, and when. */
export interface AlertRule extends ChangeFilter {
  /** The rule's name, in the alert: letters, digits, `_` and `-`, at most 64. */
  name: string;
  /** The tables, each as `orders` (whatever its schema) or as `public.orders`. Default: all. */
  tables?: readonly string[];
  /** The operations. Default: `insert`, `update` and `delete`; a load is no change. */
  ops?: readonly ChangeOperation[];
  /** What must hold of the row, all of it. Default: nothing. */
  when?: readonly AlertCondition[];
  /**
   * Tells of many changes instead of each: once for each window of time that holds at least so many. Default: each
   * change is told.
   */
  count?: {
    /** How many changes, 1 to 1000000000. */
    atLeast: number;
    /** The length of a window, in seconds, 10 to 86400. Windows begin at whole multiples of it since 1970. */
    withinSeconds: number;
  };
}

/** What a rule is for unless it says so. */
export const DEFAULT_OPERATIONS: readonly ChangeOperation[] = ["insert", "update", "delete"];

/** The decimals of a number that a column is compared with. */
export const DECIMALS = 10;

/** Numbers from here on are not compared to the digit: a double holds no more. */
const LARGEST = 1e21;

const MAX_RULES = 50;

/** Checks the rules, each fault at its key. */
export function checkAlertRules(faults: Faults, rules: readonly AlertRule[] = []): void {
  if (rules.length > MAX_RULES) {
    faults.add("alerts", `has ${rules.length} rules; give at most ${MAX_RULES}, each is a part of the job`);
  }
  const names = new Set<string>();
  rules.forEach((rule, index) => {
    const of = new Faults(`alerts[${index}]`);
    checkMatch(of, "name", rule.name ?? "", /^[\w-]{1,64}$/, 'a name of letters, digits, "_" and "-"');
    if (names.has(rule.name)) of.add("name", `${shown(rule.name)} is another rule's; give each its own`);
    names.add(rule.name);
    checkChangeFilter(of, rule);
    rule.when?.forEach((condition, position) => {
      const at = new Faults(`when[${position}]`);
      checkCondition(at, condition, rule.ops ?? DEFAULT_OPERATIONS);
      of.addAll(at);
    });
    if (rule.count !== undefined) {
      const { atLeast, withinSeconds } = rule.count;
      checkWhole(of, "count.atLeast", atLeast ?? null, { min: 1, max: 1_000_000_000, unit: "changes" });
      checkWhole(of, "count.withinSeconds", withinSeconds ?? null, { min: 10, max: 86_400, unit: "seconds" });
    }
    faults.addAll(of);
  });
}

function checkCondition(faults: Faults, condition: AlertCondition, ops: readonly ChangeOperation[]): void {
  const { column, is, value, row } = condition;
  if (!column) faults.add("column", "is missing; name the column that is compared");
  checkOneOf(faults, "is", is ?? null, COMPARISONS);
  checkOneOf(faults, "row", row, ["old", "new"]);
  if (row === "old" && ops.every((op) => op === "insert" || op === "load")) {
    faults.add("row", 'is "old", which neither an insert nor a load has; leave it out, or name other ops');
  }
  if (row === "new" && ops.every((op) => op === "delete")) {
    faults.add("row", 'is "new", which a delete has not; leave it out, or name other ops');
  }
  if (value === null) {
    if (is !== "=" && is !== "<>") {
      faults.add("is", `${shown(is)} is not for null; give "=" or "<>"`);
    }
  } else if (typeof value === "number") {
    if (!isComparable(value)) {
      faults.add(
        "value",
        `${value} is no number below ${LARGEST} with at most ${DECIMALS} decimals; give another, or a text`,
      );
    }
  } else if (typeof value !== "string" && typeof value !== "boolean") {
    faults.add("value", `${shown(value)} is no text, number, true, false or null; give one`);
  }
}

function isComparable(value: number): boolean {
  return Math.abs(value) < LARGEST && Number(value.toFixed(DECIMALS)) === value;
}

/** The tables of a rule, taken apart; undefined for all. */
export function ruleTables(rule: AlertRule) {
  return rule.tables?.map(tableName);
}
