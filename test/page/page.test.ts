import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type LivePage, startLivePage } from "../../cli/page/livePage";
import { EVENT_FORMATS } from "../../functions/formats/format";
import type { Hello, PipelineView } from "../../page/model/wire";
import { describeInBrowser, launchBrowser } from "../helpers/browser";
import { eventText } from "../helpers/eventText";
import { pipelineView, tableView } from "../helpers/pageView";
import { poll } from "../helpers/poll";
import { ShopEvents } from "../helpers/shopEvents";
import { shown } from "../helpers/shownEvents";
import { StreamRecords } from "../helpers/streamRecords";
import { openTunnel } from "../helpers/tunnel";

const LONG_NUMBER = "12345678901234567890123456789012345678";
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

describeInBrowser("the live page in Chromium", function () {
  this.timeout(60_000);
  let browser: Browser;
  let live: LivePage;
  let view: () => PipelineView;
  let shop: ShopEvents;
  /** What every page of a test asked for, and what it complained of. */
  let requests: string[];
  let complaints: string[];

  before(async () => {
    browser = await launchBrowser();
  });

  after(() => browser?.close());

  beforeEach(async () => {
    shop = new ShopEvents();
    requests = [];
    complaints = [];
    view = pipelineView;
    live = await startLivePage({
      pipeline: pipelineView(),
      readPipeline: async () => view(),
      readEveryMs: 100,
    });
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await live.close();
    const { origin } = new URL(live.url);
    assert.deepEqual(
      requests.filter((url) => new URL(url).origin !== origin),
      [],
      "no request leaves the machine",
    );
    assert.deepEqual(complaints, []);
  });

  /** Opens the page; `waits` until it has been told of the pipeline. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
    const page = await context.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(String(error.stack)));
    await page.goto(live.url);
    return page;
  }

  function happen(count: number): void {
    for (let index = 0; index < count; index++) {
      live.record(shop.nextRecord(Date.now() - 400), new Date());
    }
  }

  /** An update of an order, in the default format. */
  function updateOrder(id: string, before: string, after: string): void {
    const row = (status: string) => ({
      order_id: { N: id },
      status: { S: status },
      total: { N: LONG_NUMBER },
    });
    live.record(Buffer.from(eventText(new StreamRecords().update(row(before), row(after)))), new Date());
  }

  const rows = (page: Page) => page.locator(".list tbody tr:not(.gap)");
  const details = (page: Page) => page.getByRole("region", { name: /^(Newest|Selected)/ });

  /** The violations that axe finds, with the elements. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(AXE);
    const { violations: found } = await page.evaluate<AxeResult>("axe.run()");
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  }

  it("draws the pipeline with its numbers, and says the same in a table", async () => {
    view = () =>
      pipelineView({
        tables: [
          tableView("public.orders", { rows: 1_200, applied: 34 }),
          tableView("public.payments", { state: "suspended", health: "bad" }),
        ],
        consumers: [
          { name: "lake", kind: "DataLake", perSecond: 7_654 },
          { name: "analysts", kind: "Warehouse", perSecond: null },
        ],
      });
    const page = await open();
    happen(30);
    const picture = page.getByRole("img", { name: /^The pipeline: postgres source shop, DMS, 2 tables/ });
    await picture.getByText("34 applied").waitFor();
    await picture.getByText("1,700 loaded").waitFor();
    await picture.getByText("7,654/s", { exact: true }).waitFor();
    await picture.locator("text", { hasText: "analysts" }).waitFor();
    await page.getByRole("row", { name: /public\.payments suspended 500/ }).waitFor();
    await page
      .getByRole("row", { name: /public\.orders flowing 1,200 34 \d+ [\d.]+\/s [\d.]+ \w+ now/ })
      .waitFor();
    await page.getByRole("img", { name: /^Events per second over the last five minutes; now/ }).waitFor();
    await page.locator(".sum").getByText("30", { exact: true }).waitFor();
  });

  it("shows each event as it comes, the old row beside the new, what changed marked", async () => {
    const page = await open();
    updateOrder("42", "placed", "paid");
    const row = rows(page).first();
    await row.getByText("order_id=42").waitFor();
    assert.deepEqual(await row.locator("mark.old").allTextContents(), ["placed"]);
    assert.deepEqual(await row.locator("mark.new").allTextContents(), ["paid"]);
    await details(page).getByRole("row", { name: "status (changed) placed paid" }).waitFor();
    const total = details(page).getByRole("row", { name: `total ${LONG_NUMBER} ${LONG_NUMBER}` });
    await total.waitFor();
    assert.equal(await total.locator("mark").count(), 0);
  });

  it("shows the events of every format", async () => {
    const page = await open();
    EVENT_FORMATS.forEach((format, index) => {
      const item = { order_id: { N: String(900 + index) }, note: { S: format } };
      live.record(Buffer.from(eventText(new StreamRecords().insert(item), format)), new Date());
    });
    for (const [index, format] of EVENT_FORMATS.entries()) {
      const row = page.getByRole("row", { name: new RegExp(`insert public.orders order_id=${900 + index}`) });
      await row.getByText(format).waitFor();
    }
  });

  it("filters by operation, by table and by text", async () => {
    const page = await open();
    happen(300);
    updateOrder("77777", "placed", "paid");
    await page.getByText("order_id=77777").first().waitFor();
    const column = (index: number) => page.locator(`.list tbody tr:not(.gap) td:nth-child(${index})`);
    const only = (index: number, text: string) =>
      poll(`rows with ${text} alone`, async () => {
        const texts = await column(index).allTextContents();
        return texts.length > 0 && texts.every((found) => found === text);
      });
    await page.getByRole("button", { name: "insert" }).click();
    await only(2, "insert");
    await page.getByLabel("Table", { exact: true }).selectOption("public.payments");
    await only(3, "public.payments");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("button", { name: "public.orders" }).click();
    await only(3, "public.orders");
    await page.getByLabel("Search").fill("order_id=77777");
    await only(4, "order_id=77777");
    await page.getByRole("status").getByText("1 event match").waitFor();
    await page.getByLabel("Search").fill("nowhere to be found");
    await page.getByText("None of the last events matches.").waitFor();
  });

  it("stands still when it is paused, counts what comes, and follows again", async () => {
    const page = await open();
    updateOrder("1", "placed", "paid");
    await page.getByRole("button", { name: "order_id=1", exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    updateOrder("2", "placed", "paid");
    await page.getByText("1 new event").waitFor();
    assert.equal(await rows(page).count(), 1);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "order_id=2", exact: true }).waitFor();
    assert.equal(await rows(page).count(), 2);
  });

  it("is used by keyboard alone, and the focus can be seen", async () => {
    const page = await open();
    happen(100);
    await rows(page).nth(5).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent.trim()"), "Skip to the events");
    await page.keyboard.press("Enter");
    const reached: string[] = [];
    for (let index = 0; index < 12 && reached.at(-1) !== "List of events: arrow keys choose one"; index++) {
      await page.keyboard.press("Tab");
      const { name, outline } = await page.evaluate<{ name: string; outline: string }>(`({
        name: document.activeElement.ariaLabel ?? document.activeElement.textContent,
        outline: getComputedStyle(document.activeElement).outlineStyle,
      })`);
      assert.notEqual(outline, "none", name);
      reached.push(name);
    }
    assert.equal(reached.at(-1), "List of events: arrow keys choose one", reached.join(", "));
    await page.keyboard.press("ArrowDown");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const first = await details(page).locator(".key").textContent();
    await page.keyboard.press("ArrowDown");
    const second = await page.locator("tr[aria-current] button").textContent();
    await details(page).getByText(String(second)).first().waitFor();
    assert.equal(await page.evaluate("document.activeElement.tagName"), "BUTTON");
    await page.keyboard.press("End");
    await poll("the oldest event", async () => {
      const place = await page.locator("tr[aria-current]").getAttribute("aria-rowindex");
      return place === "101";
    });
    await page.keyboard.press("Home");
    await details(page).getByText(String(first)).first().waitFor();
  });

  it("has an empty state, and one for a pipeline that cannot be looked at", async () => {
    const page = await open();
    await page.getByText("No event yet.").waitFor();
    view = () => {
      throw new Error("the security token is expired");
    };
    await page.getByText("the security token is expired").waitFor();
    view = () =>
      pipelineView({
        findings: [
          { severity: "problem", text: "public.orders: its stream is off", remedy: "run `rowstream up`" },
        ],
      });
    await page.getByText("public.orders: its stream is off").waitFor();
    assert.equal(await page.getByText("the security token is expired").count(), 0);
  });

  it("says when the server is gone, and goes on when it is back", async () => {
    const tunnel = await openTunnel(new URL(live.url).port);
    try {
      const page = await (await browser.newContext()).newPage();
      await page.goto(live.url.replace(/:\d+/, `:${tunnel.port}`));
      updateOrder("1", "placed", "paid");
      await page.getByRole("button", { name: "order_id=1", exact: true }).waitFor();
      tunnel.cut();
      await page.locator(".notice").getByText("Disconnected.").waitFor();
      await page.getByRole("status").getByText("Disconnected. Trying again.").waitFor();
      updateOrder("2", "placed", "paid");
      tunnel.mend();
      await page.getByRole("button", { name: "order_id=2", exact: true }).waitFor();
      assert.equal(await page.locator(".notice").count(), 0);
      assert.equal(await rows(page).count(), 2, "what it had is there once");
    } finally {
      await tunnel.close();
    }
  });

  it("says how many events it was not sent, and how many records are no events", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const totals = { events: 2_500, perSecond: 900, latency: null, foreign: 3, tables: {} };
    const hello: Hello = { run: "1", pipeline: pipelineView(), totals, seconds: [], events: [shown(1)] };
    await page.route("**/events", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body:
          `event: hello\ndata: ${JSON.stringify(hello)}\n\n` +
          `event: events\ndata: ${JSON.stringify({ events: [shown(2_001)], dropped: 1_999 })}\n\n`,
      }),
    );
    await page.goto(live.url);
    await page.getByText("1,999 events left out of the list:").waitFor();
    await page.getByText("3 records on the stream").waitFor();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no violation that axe finds, in ${colorScheme}, empty and full, at rest and in trouble`, async () => {
      const page = await open({ colorScheme });
      await page.getByText("No event yet.").waitFor();
      assert.deepEqual(await violations(page), []);
      happen(200);
      view = () => pipelineView({ problem: "AWS does not answer" });
      await page.getByText("AWS does not answer").waitFor();
      await page.getByRole("button", { name: "update" }).click();
      await page.getByRole("button", { name: "delete" }).click();
      await rows(page).nth(2).click();
      await details(page).getByText("Selected").waitFor();
      assert.deepEqual(await violations(page), []);
    });
  }

  for (const width of [320, 768]) {
    it(`can be read on a screen of ${width} pixels, without scrolling to the side`, async () => {
      const page = await open({ viewport: { width, height: 800 } });
      happen(50);
      await rows(page).nth(5).waitFor();
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      assert.deepEqual(await violations(page), []);
    });
  }

  it("moves nothing for those who want no motion", async () => {
    for (const [reducedMotion, name] of [
      ["no-preference", "flow"],
      ["reduce", "none"],
    ] as const) {
      const page = await open({ reducedMotion });
      happen(20);
      await page.locator("path.flow").first().waitFor({ state: "attached" });
      const animation = await page.evaluate(
        'getComputedStyle(document.querySelector("path.flow")).animationName',
      );
      assert.equal(animation, name);
    }
  });

  it("keeps up with 1,000 events a second: bounded memory, few elements, no noise", async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    const heapMegabytes = async () => {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = (await session.send("Runtime.getHeapUsage")) as { usedSize: number };
      return usedSize / 1_000_000;
    };
    await page.evaluate(`
      globalThis.announced = 0;
      new MutationObserver(() => { announced += 1; }).observe(
        document.querySelector("[role=status]"),
        { subtree: true, childList: true, characterData: true },
      );
    `);
    const began = Date.now();
    let sent = 0;
    const sending = setInterval(() => {
      const due = Date.now() - began - sent;
      happen(due);
      sent += due;
    }, 20);
    try {
      const counted = async () =>
        Number((await page.locator(".sum dd").first().textContent())?.replaceAll(",", ""));
      await poll("3,000 events, more than the page keeps", async () => (await counted()) >= 3_000);
      const early = await heapMegabytes();
      await poll("9,000 events", async () => (await counted()) >= 9_000);
      const late = await heapMegabytes();
      // Without a bound it grows by half a megabyte for every thousand events.
      assert.ok(late - early < 2, `from ${early} MB to ${late} MB`);
      assert.ok(late < 20, `${late} MB`);
      assert.ok((await rows(page).count()) < 40);
      assert.equal(await page.evaluate("announced"), 0);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Resume" }).waitFor();
    } finally {
      clearInterval(sending);
    }
  });
});

/** What axe answers, as far as it is read here. */
interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}
