import { z } from "zod";
import { invalidParameter } from "../wire/fault";
import { patternMatches } from "./pattern";

/** The most that the JSON of one task's mapping may have (user guide, TableMapping.SelectionTransformation). */
const MAX_BYTES = 2 * 1024 * 1024;

const name = z.string().min(1);
const locator = z.object({
  "schema-name": name,
  "table-name": name,
  "table-type": z.enum(["table", "view", "all"]).optional(),
});
const common = {
  "rule-id": z.union([z.string().regex(/^\d+$/), z.number().int()]).transform(String),
  "rule-name": name,
};

const selectionRule = z.object({
  ...common,
  "rule-type": z.literal("selection"),
  "rule-action": z.enum(["include", "exclude", "explicit"]),
  "object-locator": locator,
  filters: z.array(z.unknown()).max(0, "selection filters are not carried out by the stand-in").optional(),
});

const attributeMapping = z.object({
  "target-attribute-name": name,
  "attribute-type": z.literal("scalar", "the stand-in carries out attribute-type scalar only"),
  "attribute-sub-type": z.literal("string", "attribute-sub-type of a scalar must be string"),
  value: z.string(),
});

const objectMappingRule = z.object({
  ...common,
  "rule-type": z.literal("object-mapping"),
  "rule-action": z.literal(
    "map-record-to-record",
    "the stand-in carries out rule-action map-record-to-record only",
  ),
  "object-locator": locator,
  "target-table-name": z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, "not a DynamoDB table name"),
  "mapping-parameters": z.object({
    "partition-key-name": name,
    "sort-key-name": name.optional(),
    "exclude-columns": z.array(name).default([]),
    "attribute-mappings": z.array(attributeMapping).default([]),
  }),
});

const documentSchema = z.object({
  rules: z.array(z.discriminatedUnion("rule-type", [selectionRule, objectMappingRule])).min(1),
});

export type ObjectMappingRule = z.output<typeof objectMappingRule>;
type SelectionRule = z.output<typeof selectionRule>;

/** A task's table mapping, ready to be asked. */
export class TableMappings {
  private readonly selections: SelectionRule[];
  private readonly objectMappings: ObjectMappingRule[];

  constructor(rules: (SelectionRule | ObjectMappingRule)[]) {
    this.selections = rules.filter((rule) => rule["rule-type"] === "selection");
    this.objectMappings = rules.filter((rule) => rule["rule-type"] === "object-mapping");
  }

  /** Whether a table is selected: an include names it and no exclude does; excludes win, whatever their order. */
  selects(schema: string, table: string): boolean {
    let included = false;
    for (const rule of this.selections) {
      if (matches(rule, schema, table)) {
        if (rule["rule-action"] === "exclude") {
          return false;
        }
        included = true;
      }
    }
    return included;
  }

  /** The object mapping of a table, where it has one; of several the first. */
  objectMapping(schema: string, table: string): ObjectMappingRule | undefined {
    return this.objectMappings.find((rule) => matches(rule, schema, table));
  }
}

function matches(rule: SelectionRule | ObjectMappingRule, schema: string, table: string): boolean {
  const { "schema-name": schemaName, "table-name": tableName } = rule["object-locator"];
  return patternMatches(schemaName, schema) && patternMatches(tableName, table);
}

function duplicates(values: string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

/** Reads a table mapping. @throws Fault InvalidParameterValueException that says what is wrong with it */
export function parseTableMappings(text: string): TableMappings {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw invalidParameter(
      "Invalid task mappings: the document is larger than 2 MB; split the tables across several tasks",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidParameter("Invalid task mappings. The document is not JSON.");
  }
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw invalidParameter(`Error in mapping rules: ${faults.join("; ")}`);
  }
  const { rules } = parsed.data;
  for (const field of ["rule-id", "rule-name"] as const) {
    const twice = duplicates(rules.map((rule) => rule[field]));
    if (twice.length > 0) {
      throw invalidParameter(
        `Error in mapping rules. The ${field} must be unique; used more than once: ${twice.join(", ")}`,
      );
    }
  }
  if (!rules.some((rule) => rule["rule-type"] === "selection" && rule["rule-action"] !== "exclude")) {
    throw invalidParameter(
      "Error in mapping rules. At least one selection rule with rule-action include is required.",
    );
  }
  return new TableMappings(rules);
}
