import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { zipSync } from "fflate";
import { fanInCallback } from "../../components/fanIn/code";

const BUNDLE = "dist/lambda/fanIn.js";

/** A function as a folder with an `__index.js` that exports its handler. */
export interface FunctionPackage {
  name: string;
  folder: string;
  /** The size of its zip, in bytes; absent where nobody would make one. */
  zipBytes?: number;
}

/** The fan-in as it is deployed: the text that Pulumi serializes, and the bundle. */
export async function deployedPackage(folder: string, sources: string): Promise<FunctionPackage> {
  const { text, exportName } = await pulumi.runtime.serializeFunction(fanInCallback(sources), {
    isFactoryFunction: true,
    exportName: "handler",
  });
  if (exportName !== "handler") {
    throw new Error(`the serializer exports ${exportName}, not handler`);
  }
  const files = { "__index.js": Buffer.from(text), [BUNDLE]: readFileSync(resolve(BUNDLE)) };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return { name: "deployed", folder, zipBytes: zipSync(files).byteLength };
}

/** The same modules as the compiler leaves them, with the packages of the SDK beside them. */
export function unbundledPackage(folder: string, sources: string): FunctionPackage {
  mkdirSync(folder, { recursive: true });
  cpSync(resolve("dist/functions"), join(folder, "functions"), { recursive: true });
  // Copied and not linked: Node would follow a link, and load from there what it has to find here.
  writeFileSync(
    join(folder, "__index.js"),
    `const { createHandler } = require("./functions/fanIn.js");
exports.handler = createHandler(process.env, ${JSON.stringify(sources)});
`,
  );
  return { name: "unbundled, with the SDK's packages", folder };
}
