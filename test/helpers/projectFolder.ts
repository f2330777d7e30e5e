import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Handlers that answer with what they were made of, in place of the bundles that `npm run build` makes. */
const FAKE_BUNDLES = {
  fanIn: `
exports.createHandler = (environment, sources) => async (event) => ({
  stream: environment.STREAM_NAME,
  sources,
  event,
});
`,
  changeHandler: `
exports.createChangeHandler = (environment, settings, onChange) => async (event) => ({
  table: environment.APPLIED_TABLE,
  settings,
  answer: await onChange(event),
});
`,
  deviceBridge: `
exports.createDeviceBridge = (environment, settings) => async () => ({ settings });
`,
  analyticsResults: `
exports.createAnalyticsResults = (environment) => async () => ({ analytics: environment.ANALYTICS });
`,
  inspector: `
exports.createInspector = (environment, tables) => async () => ({ stream: environment.STREAM_NAME, tables });
`,
  heartbeat: `
exports.createHeartbeat = (environment) => async () => ({ table: environment.HEARTBEAT_TABLE });
`,
};

/** What the bundles load on demand: nothing that a fake needs. */
const FAKE_ON_DEMAND = ["s3", "secretsManager"];

/** The packages that functions take into their zips. */
const DEPENDENCIES = { pg: "8", mysql2: "3", tedious: "19", oracledb: "26" };

/** A folder shaped like the project's root, which functions can be made in. */
export interface ProjectFolder {
  /** Its path. */
  readonly path: string;
  /** Goes back to the folder before, and removes this one. */
  dispose(): void;
}

/**
 * Makes a project's root with a package.json and fake bundles, and goes there: Pulumi looks for both in the working
 * directory.
 *
 * @param bundled whether there are bundles. Default: true.
 */
export function enterProjectFolder(bundled = true): ProjectFolder {
  const before = process.cwd();
  const path = realpathSync(mkdtempSync(join(tmpdir(), "rowstream-project-")));
  writeFileSync(
    join(path, "package.json"),
    JSON.stringify({ name: "p", version: "1.0.0", dependencies: DEPENDENCIES }),
  );
  if (bundled) {
    mkdirSync(join(path, "dist/lambda/onDemand"), { recursive: true });
    for (const [name, text] of Object.entries(FAKE_BUNDLES)) {
      writeFileSync(join(path, `dist/lambda/${name}.js`), text);
    }
    for (const name of FAKE_ON_DEMAND) {
      writeFileSync(join(path, `dist/lambda/onDemand/${name}.js`), "");
    }
  }
  process.chdir(path);
  return {
    path,
    dispose() {
      process.chdir(before);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
