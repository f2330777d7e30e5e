import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A handler that answers with what it was made of, in place of the bundle that `npm run build` makes. */
const FAKE_BUNDLE = `
exports.createHandler = (environment, sources) => async (event) => ({
  stream: environment.STREAM_NAME,
  sources,
  event,
});
`;

/** A folder shaped like the project's root, which a FanIn can be made in. */
export interface ProjectFolder {
  /** Its path. */
  readonly path: string;
  /** Goes back to the folder before, and removes this one. */
  dispose(): void;
}

/**
 * Makes a project's root with a package.json and a fake bundle, and goes there: Pulumi looks for both in the working
 * directory.
 *
 * @param bundled whether there is a bundle. Default: true.
 */
export function enterProjectFolder(bundled = true): ProjectFolder {
  const before = process.cwd();
  const path = realpathSync(mkdtempSync(join(tmpdir(), "rowstream-project-")));
  writeFileSync(
    join(path, "package.json"),
    JSON.stringify({ name: "p", version: "1.0.0", dependencies: {} }),
  );
  if (bundled) {
    mkdirSync(join(path, "dist/lambda"), { recursive: true });
    writeFileSync(join(path, "dist/lambda/fanIn.js"), FAKE_BUNDLE);
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
