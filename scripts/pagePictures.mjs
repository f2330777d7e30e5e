#!/usr/bin/env node
// Takes the pictures of the live page in README.md, in light and dark, of a shop that works for a minute:
// `node scripts/pagePictures.mjs`, after `npm run build`. Needs a Chromium, as the page's tests do.
import { createRequire } from "node:module";
import path from "node:path";
import { runMain } from "./lib/failure.mjs";
import { root } from "./lib/layout.mjs";

const SIZE = { width: 1440, height: 940 };
const MINUTE_MS = 65_000;
const EVERY_MS = 50;

await runMain(async () => {
  const require = createRequire(import.meta.url);
  const load = (file) => require(path.join(root, "dist", file));
  const { startLivePage } = load("cli/page/livePage.js");
  const { launchBrowser } = load("test/helpers/browser.js");
  const { pipelineView } = load("test/helpers/pageView.js");
  const { ShopEvents } = load("test/helpers/shopEvents.js");
  const shop = new ShopEvents();
  const applied = new Map();
  const live = await startLivePage({
    pipeline: pipelineView(),
    readPipeline: async () => {
      const view = pipelineView();
      const tables = view.tables.map((table) => ({ ...table, applied: applied.get(table.name) ?? 0 }));
      return { ...view, tables };
    },
    readEveryMs: 500,
  });
  const browser = await launchBrowser();
  const pages = [];
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: SIZE, colorScheme });
    const page = await context.newPage();
    await page.goto(live.url);
    pages.push({ page, file: path.join(root, "docs", "images", `page-${colorScheme}.png`) });
  }
  const working = setInterval(() => {
    const now = Date.now();
    for (let count = 1.2 + Math.sin(now / 6_000); count > 0; count--) {
      const event = shop.next(now - 350);
      const table = `${event.source.schema}.${event.source.table}`;
      applied.set(table, (applied.get(table) ?? 0) + 1);
      live.record(Buffer.from(JSON.stringify(event)), new Date());
    }
  }, EVERY_MS);
  await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
  for (const { page, file } of pages) {
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".list tbody tr", { hasText: "update" }).first().click();
    await page.locator("tr.selected").waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate('scrollTo(0, 0); document.querySelector(".list").scrollTop = 0;');
    await page.screenshot({ path: file });
  }
  clearInterval(working);
  await browser.close();
  await live.close();
});
