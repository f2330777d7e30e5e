import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { pause } from "../../automation/poll";
import { EventRing } from "../../page/model/eventRing";
import type { PipelineView } from "../../page/model/wire";
import { readRecord } from "../stream/readRecord";
import { EventCounts } from "./eventCounts";
import { startPageServer } from "./pageServer";
import { shownEvent } from "./shownEvent";
import { Viewer } from "./viewer";

/** What a live page shows, and where. */
export interface LivePageOptions {
  /** The port on 127.0.0.1. Default: any free one. */
  port?: number | undefined;
  /** The pipeline, as far as it is known now. */
  pipeline: PipelineView;
  /** The pipeline as it is now. It is asked only while somebody looks. */
  readPipeline(): Promise<PipelineView>;
  /** How often it is asked, in milliseconds. */
  readEveryMs: number;
}

/** A page that is served. */
export interface LivePage {
  url: string;
  /** Shows a record of the change stream. It never waits, and never throws. */
  record(data: Uint8Array, arrivedAt?: Date): void;
  close(): Promise<void>;
}

/** What a page that opens is given of the past. */
const RECENT_EVENTS = 200;
const RECENT_CHARACTERS = 1_000_000;

/** As often as the eye needs it. */
const FLUSH_MS = 200;

/**
 * Serves the live page. It holds the last events for pages to come and counters, and for each page that is open a bounded
 * queue: its memory does not grow with the stream.
 *
 * @throws UsageError where the port is taken
 */
export async function startLivePage(options: LivePageOptions): Promise<LivePage> {
  const run = randomUUID();
  const counts = new EventCounts(Date.now());
  const recent = new EventRing(RECENT_EVENTS, RECENT_CHARACTERS);
  const viewers = new Set<Viewer>();
  const closed = new AbortController();
  let { pipeline } = options;
  let isReading = false;
  let count = 0;

  const server = await startPageServer({ port: options.port, onListener });
  const flushing = setInterval(() => {
    for (const viewer of viewers) {
      viewer.flush();
    }
  }, FLUSH_MS);
  const ticking = setInterval(() => {
    const second = counts.endSecond(Date.now());
    const totals = counts.totals();
    for (const viewer of viewers) {
      viewer.tell("second", { second, totals });
    }
  }, 1_000);

  function onListener(response: ServerResponse): void {
    const viewer = new Viewer(response);
    viewer.tell("hello", {
      run,
      pipeline,
      totals: counts.totals(),
      seconds: [...counts.seconds],
      events: recent.oldestFirst(),
    });
    viewers.add(viewer);
    response.on("close", () => viewers.delete(viewer));
    if (!isReading) {
      isReading = true;
      void read().finally(() => {
        isReading = false;
      });
    }
  }

  /** Asks for the pipeline as long as somebody looks. */
  async function read(): Promise<void> {
    while (viewers.size > 0 && !closed.signal.aborted) {
      const last = JSON.stringify(pipeline);
      try {
        pipeline = await options.readPipeline();
      } catch (error) {
        pipeline = { ...pipeline, problem: (error as Error).message };
      }
      if (JSON.stringify(pipeline) !== last) {
        for (const viewer of viewers) {
          viewer.tell("pipeline", pipeline);
        }
      }
      await pause(options.readEveryMs, closed.signal);
    }
  }

  return {
    url: server.url,
    record(data, arrivedAt) {
      const event = readRecord(data);
      if (event === undefined) {
        counts.addForeign();
        return;
      }
      count += 1;
      const shown = shownEvent(event, count, arrivedAt);
      counts.add(shown, Date.now());
      recent.add(shown);
      if (viewers.size > 0) {
        const text = JSON.stringify(shown);
        for (const viewer of viewers) {
          viewer.add(text);
        }
      }
    },
    async close() {
      closed.abort();
      clearInterval(flushing);
      clearInterval(ticking);
      await server.close();
    },
  };
}
