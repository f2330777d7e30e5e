import { z } from "zod";

/**
 * What AWS DMS does where no source says so. The stand-in can act either way; the tests of what reads its tables
 * run both. Read from ROWSTREAM_DMS_BEHAVIOUR as JSON.
 */
export const behaviourSchema = z.strictObject({
  /**
   * A column that an update sets to NULL: `remove` takes the attribute away, `keep` leaves the value it had.
   * (A NULL of the source is "ignored on the target" by the user guide, which does not speak of updates.)
   */
  nullOnUpdate: z.enum(["remove", "keep"]).default("remove"),
  /**
   * An update: `merge` is an UpdateItem of the columns that the log carries, `replace` a PutItem of them, which
   * takes away attributes that the log does not carry (values out of line that did not change).
   */
  update: z.enum(["merge", "replace"]).default("merge"),
  /** The name of a target table that no rule names: `orders`, or `public_orders`. */
  tableName: z.enum(["table", "schema_table"]).default("table"),
  /** The type of a partition key that comes from a numeric column without a rule. */
  numericKey: z.enum(["N", "S"]).default("N"),
});

export type Behaviour = z.output<typeof behaviourSchema>;

/** Reads the setting. @throws Error that names what is wrong in it */
export function parseBehaviour(text: string | undefined): Behaviour {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "{}");
  } catch {
    throw new Error(`ROWSTREAM_DMS_BEHAVIOUR is not JSON: ${text}`);
  }
  const parsed = behaviourSchema.safeParse(value);
  if (!parsed.success) {
    throw new Error(`ROWSTREAM_DMS_BEHAVIOUR: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
