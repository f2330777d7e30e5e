import type { Suite } from "mocha";
import { type Browser, chromium } from "playwright-core";
import { tools } from "./tools";

/** What keeps Chromium from asking anybody for anything; a name other than 127.0.0.1's leads nowhere. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-precise-memory-info",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** The Chromium that set-up found or fetched, without a window and with a profile of its own. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = tools().chromium;
  if (executablePath === null) {
    throw new Error("this machine has no Chromium: use describeInBrowser");
  }
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
}

/** Tests that need a browser: skipped, and said to be, where set-up could have none. */
export function describeInBrowser(title: string, define: (this: Suite) => void): void {
  if (tools().chromium === null) {
    describe.skip(
      `${title} (skipped: this machine has no Chromium; \`npm test\` says how to get one)`,
      define,
    );
  } else {
    describe(title, define);
  }
}
