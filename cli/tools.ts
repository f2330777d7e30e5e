import { existsSync, readFileSync } from "node:fs";
import type { Tools } from "../sandbox/tools";
import { UsageError } from "./errors";
import { TOOLS_FILE } from "./layout";

const REMEDY = "run `npm run setup` (or `node scripts/setup.mjs`) in the project's folder";

/**
 * The programs that set-up found or fetched.
 *
 * @throws UsageError where set-up has not run, or one of them has gone since.
 */
export function readTools(file = TOOLS_FILE): Tools {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new UsageError(`the tools are not set up: ${file} is missing`, REMEDY);
    }
    throw error;
  }
  const tools = parse(text, file);
  for (const [name, path] of Object.entries(tools)) {
    if (path !== null && !existsSync(path)) {
      throw new UsageError(`the tool "${name}" is gone: there is no ${path}`, REMEDY);
    }
  }
  return tools;
}

function parse(text: string, file: string): Tools {
  try {
    const { pulumi, languageHost, postgresBin, ministack } = JSON.parse(text) as Tools;
    if ([pulumi, postgresBin, ministack].every((path) => typeof path === "string")) {
      return { pulumi, languageHost: languageHost ?? null, postgresBin, ministack };
    }
  } catch {
    // Said below.
  }
  throw new UsageError(`${file} is damaged`, REMEDY);
}
