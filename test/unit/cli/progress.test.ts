import assert from "node:assert/strict";
import { createProgress } from "../../../cli/render/progress";

function output(isTTY: boolean) {
  return {
    text: "",
    isTTY,
    columns: 40,
    write(text: string) {
      this.text += text;
    },
  };
}

describe("progress", () => {
  it("is plain lines without a terminal, and in CI even with one", () => {
    for (const [out, environment] of [
      [output(false), {}],
      [output(true), { CI: "true" }],
    ] as const) {
      const progress = createProgress(out, environment);
      progress.show({ kind: "live", text: "pass 1" });
      progress.show({ kind: "done", text: "pass 1 done" });
      progress.close();
      assert.equal(out.text, "… pass 1\n✓ pass 1 done\n");
    }
  });

  it("does not repeat what is under way in a log", () => {
    const out = output(false);
    const progress = createProgress(out, {});
    progress.show({ kind: "live", text: "1 %" });
    progress.show({ kind: "live", text: "2 %" });
    assert.equal(out.text, "… 1 %\n");
  });

  it("keeps one live line in a terminal, cut to its width, and takes it away", () => {
    const out = output(true);
    const progress = createProgress(out, {});
    progress.show({ kind: "live", text: "x".repeat(100) });
    progress.close();
    assert.match(out.text, /x{35}…/);
    assert.doesNotMatch(out.text, /\n/);
    assert.ok(out.text.endsWith("\r\u001b[2K"));
  });
});
