#!/usr/bin/env node
// Fetches what an `Analytics` ships beside its code, the Kinesis connector for Flink: `npm run connector`. By Maven, which
// asks the repository that it is set to, and refuses a file whose published checksum is another.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { run, tail } from "./lib/command.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { readIfPresent } from "./lib/files.mjs";
import { findProgram } from "./lib/findProgram.mjs";
import { display, root, toolsDir } from "./lib/layout.mjs";

const folder = path.join(toolsDir, "flink");

await runMain(async () => {
  const { groupId, artifactId, version } = pinnedConnector();
  const file = path.join(folder, `${artifactId}-${version}.jar`);
  if (readIfPresent(file) === undefined) {
    const maven = findProgram("mvn");
    if (!maven) {
      throw new Failure(
        `there is no mvn on PATH to fetch ${artifactId} ${version} with: install Maven, ` +
          `or put its jar from Maven Central at ${display(file)}`,
      );
    }
    const result = await run(maven, [
      "--batch-mode",
      "--strict-checksums",
      "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
      `-Dartifact=${groupId}:${artifactId}:${version}`,
      `-DoutputDirectory=${folder}`,
    ]);
    if (result.code !== 0) {
      throw new Failure(
        `Maven could not fetch ${artifactId} ${version}:\n${tail(result.stdout || result.stderr, 8)}`,
      );
    }
  }
  const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
  process.stdout.write(`${display(file)}, SHA-256 ${sum}\n`);
});

/** The connector that the component ships, as its source names it. */
function pinnedConnector() {
  const source = readFileSync(
    path.join(root, "components", "consumers", "analytics", "connectorJar.ts"),
    "utf8",
  );
  const member = (name) => new RegExp(`^  ${name}: "([^"]+)"`, "m").exec(source)[1];
  return { groupId: member("groupId"), artifactId: member("artifactId"), version: member("version") };
}
