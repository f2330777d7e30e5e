import { z } from "zod";

/**
 * What AWS DMS does where no source says so. The stand-in can act either way, and the tests of what reads its tables
 * run both. Each default is the choice that hurts more where our code relied on the other, so that such code fails
 * here before it fails on AWS. Read from ROWSTREAM_DMS_BEHAVIOUR as JSON; docs/what-dms-does.md says for each what
 * rowstream makes of either.
 */
export const behaviourSchema = z.strictObject({
  /**
   * A column that an update sets to NULL: `keep` leaves the value that the attribute had, `remove` takes it away. The
   * user guide says that NULLs are "ignored on the target" and does not speak of updates. `keep` is the default: who
   * relies on it loses nothing by `remove`, and who relies on `remove` reads values that are no longer there.
   */
  nullOnUpdate: z.enum(["keep", "remove"]).default("keep"),
  /**
   * An update: `merge` is an UpdateItem of the columns that the log carries, `replace` a PutItem of them, which takes
   * away attributes that the log does not carry (values out of line that did not change) and leaves no old value in
   * the place of a NULL. `merge` is the default because it is what lets `nullOnUpdate` hurt, and because UpdateItem is
   * among the rights that DMS asks for.
   */
  update: z.enum(["merge", "replace"]).default("merge"),
  /**
   * The name of a target table that no rule names: `orders`, or `public_orders`. The default is the one by which two
   * tables can be mistaken for each other: those of one name in two schemas.
   */
  tableName: z.enum(["table", "schema_table"]).default("table"),
  /**
   * The type of a partition key that comes from a numeric column without a rule. The default is the one that asks
   * more of whoever reads keys and writes them again: their digits must survive it.
   */
  numericKey: z.enum(["N", "S"]).default("N"),
  /**
   * The text of dates and times: `iso` is 2026-11-23T14:15:16.123456Z, `sql` is 2026-11-23 14:15:16.123456+00. The
   * default is the one that is not how the source prints them.
   */
  timeText: z.enum(["iso", "sql"]).default("iso"),
  /**
   * What becomes of TIME and NCLOB, which the guide's list for DynamoDB leaves out: `text`, or `lost`. The default
   * brings values that can come out wrong; none can where they are lost, and a column that is lost is the same to
   * every reader as one that is NULL.
   */
  unlistedTypes: z.enum(["text", "lost"]).default("text"),
  /**
   * A table that is created while changes flow and that a `%` selects: `create` makes its target table, without a
   * stream, and replicates it; `ignore` does nothing until the task loads all tables again. The default is the one by
   * which changes come that no stream shows.
   */
  newTables: z.enum(["create", "ignore"]).default("create"),
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
