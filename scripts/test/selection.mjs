import path from "node:path";
import { Failure } from "../lib/failure.mjs";

/** The suites in the order in which they run; a suite's tests lie in test/<suite>. */
export const suites = ["unit", "page", "sandbox"];

/**
 * What `npm test -- ARGUMENTS` asks for: {selected, options}. An argument that names a suite or a test file
 * (`sandbox`, `test/unit/fanIn/order.test.ts`) selects; every other goes to mocha as it is. `selected` maps each
 * suite to run to its compiled spec patterns; with nothing selected all of them run. A file that lies in no suite
 * is a Failure.
 */
export function readSelection(args) {
  const selected = new Map();
  const options = [];
  const select = (suite, spec) => selected.set(suite, [...(selected.get(suite) ?? []), spec]);
  for (const argument of args) {
    if (suites.includes(argument)) select(argument, allOf(argument));
    else if (/\.test\.[jt]s$/.test(argument)) select(...locate(argument));
    else options.push(argument);
  }
  if (selected.size === 0) for (const suite of suites) select(suite, allOf(suite));
  return { selected, options };
}

/** The compiled spec pattern of a whole suite. */
export function allOf(suite) {
  return `dist/test/${suite}/**/*.test.js`;
}

function locate(file) {
  const source = path.posix.normalize(file).replace(/^dist\//, "");
  const suite = suites.find((name) => source.startsWith(`test/${name}/`));
  if (!suite)
    throw new Failure(
      `${file} is in no suite: test files lie in ${suites.map((name) => `test/${name}`).join(" and ")}`,
    );
  return [suite, `dist/${source.replace(/\.ts$/, ".js")}`];
}
