import { join, resolve } from "node:path";

/** The project's root, seen from the compiled module (`dist/cli`). */
export const ROOT = resolve(__dirname, "..", "..");

/** Where the sandbox keeps its state while it runs, and on request after it. */
export const SANDBOX_DIR = join(ROOT, ".rowstream", "sandbox");

/** What set-up found and fetched. */
export const TOOLS_FILE = join(ROOT, ".rowstream", "tools.json");

/** The files of the live page. */
export const PAGE_DIR = join(ROOT, "dist", "page", "assets");
