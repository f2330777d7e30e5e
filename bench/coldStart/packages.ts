import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { zipSync } from "fflate";
import { fanInCallback } from "../../components/fanIn/code";
import { lambdaCodePaths } from "../../components/lambdaCode";

/** A function as a folder with an `__index.js` that exports its handler. */
export interface FunctionPackage {
  name: string;
  folder: string;
  /** The size of its zip, in bytes; absent where nobody would make one. */
  zipBytes?: number;
}

/** The fan-in as it is deployed: the text that Pulumi serializes, and the bundle's files. */
export async function deployedPackage(folder: string, sources: string): Promise<FunctionPackage> {
  const { text, exportName } = await pulumi.runtime.serializeFunction(fanInCallback(sources), {
    isFactoryFunction: true,
    exportName: "handler",
  });
  if (exportName !== "handler") {
    throw new Error(`the serializer exports ${exportName}, not handler`);
  }
  const bundle = lambdaCodePaths("fanIn").extraIncludePaths;
  const files = {
    "__index.js": Buffer.from(text),
    ...Object.fromEntries(bundle.map((path) => [path, readFileSync(resolve(path))])),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return { name: "deployed", folder, zipBytes: zipSync(files).byteLength };
}

/** The clients that a fan-in may need. */
const CLIENTS = ["@aws-sdk/client-kinesis", "@aws-sdk/client-s3", "@aws-sdk/client-secrets-manager"];

/**
 * The same modules as the compiler leaves them, with the packages of the SDK beside them.
 *
 * @param atOnce whether every client is loaded at the start, as Pulumi's serializer loads what a callback captures;
 *   else a client is loaded when it is needed, as rowstream's own modules do
 */
export function unbundledPackage(folder: string, sources: string, atOnce: boolean): FunctionPackage {
  mkdirSync(folder, { recursive: true });
  cpSync(resolve("dist/functions"), join(folder, "functions"), { recursive: true });
  // Copied and not linked: Node would follow a link, and load from there what it has to find here.
  writeFileSync(
    join(folder, "__index.js"),
    `${atOnce ? CLIENTS.map((name) => `require("${name}");\n`).join("") : ""}const { createHandler } = require("./functions/fanIn.js");
exports.handler = createHandler(process.env, ${JSON.stringify(sources)});
`,
  );
  return { name: atOnce ? "unbundled, every client at once" : "unbundled, clients when needed", folder };
}
