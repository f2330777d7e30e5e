import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";

const SCHEMA = join(__dirname, "..", "..", "..", "functions", "changeEvent.schema.json");

/** Makes a check of records of the change stream: what is wrong with one; undefined where it is as it must be. */
export function eventSchema(): (line: string) => string | undefined {
  const ajv = new Ajv2020({ allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));
  return (line) => {
    if (!line.endsWith("\n") || line.slice(0, -1).includes("\n")) {
      return `not one line: ${JSON.stringify(line)}`;
    }
    return validate(JSON.parse(line))
      ? undefined
      : `not as the schema has it: ${JSON.stringify(validate.errors)}: ${line}`;
  };
}
