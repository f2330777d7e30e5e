import assert from "node:assert/strict";
import { examineFirst } from "../../../../automation/doctor/examineFirst";
import type { RowstreamEvent } from "../../../../automation/events";

async function examined(source: object): Promise<RowstreamEvent[]> {
  const events: RowstreamEvent[] = [];
  await examineFirst({
    stack: {
      name: "dev",
      configuration: async () => ({
        "rowstream:source": JSON.stringify(source),
        "rowstream:sourcePassword": "hush",
      }),
    },
    onEvent: (event) => events.push(event),
  });
  return events;
}

describe("the examination before the first update", () => {
  for (const engine of ["postgres", "sqlserver", "oracle"]) {
    it(`reports a source of ${engine} that cannot be reached in one event, and goes on`, async () => {
      const source = { engine, host: "127.0.0.1", port: 1, database: "shop", username: "dms" };
      const events = await examined({ ...source, sslMode: "none" });
      assert.deepEqual(
        events.map(({ code }) => code),
        ["SourceExamining", "SourceNotExamined"],
      );
      const text = JSON.stringify(events);
      assert.match(
        text,
        /dms@127\.0\.0\.1:1\/shop cannot be reached: .*(ECONNREFUSED|NJS-|Failed to connect)/,
      );
      assert.doesNotMatch(text, /hush/);
    });
  }

  it("goes on where the configuration names no source, or an engine that the doctor does not know", async () => {
    assert.deepEqual(
      (await examined({})).map(({ code }) => code),
      ["SourceNotExamined"],
    );
    const db2 = { engine: "db2", host: "db", database: "X", username: "dms" };
    assert.match(JSON.stringify(await examined(db2)), /the source's engine is \\"db2\\"; the doctor knows /);
  });
});
