import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Faults } from "../../faults";

/** The connector that reads and writes Kinesis, of the Flink that the application runs on. */
export const CONNECTOR = {
  groupId: "org.apache.flink",
  artifactId: "flink-sql-connector-aws-kinesis-streams",
  version: "5.0.0-1.20",
} as const;

/** Where `npm run connector` puts it, in the project. */
export const DEFAULT_CONNECTOR_JAR = `.rowstream/tools/flink/${CONNECTOR.artifactId}-${CONNECTOR.version}.jar`;

/** The name of the connector's file, which it keeps in the zip. */
export function connectorName(path: string): string {
  return basename(path);
}

/** Checks that the connector is where it is looked for. */
export function checkConnectorJar(faults: Faults, path: string): void {
  if (!path.endsWith(".jar")) {
    faults.add("connectorJar", `"${path}" is no jar; give the path of ${CONNECTOR.artifactId}'s`);
  } else if (!existsSync(resolve(path))) {
    faults.add(
      "connectorJar",
      `"${path}" is missing; fetch it with npm run connector, or give the path of ${CONNECTOR.artifactId}'s jar for Flink 1.20`,
    );
  }
}
