const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

/** Mocha's spec reporter, which also writes what passed, failed (each by name) and was skipped as JSON to a file. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const names = this.failures.map((test) => `${test.fullTitle()}: ${firstLine(test.err?.message)}`);
      const counts = { passed: passes, failed: failures, skipped: pending, failures: names };
      writeFileSync(options.reporterOptions.counts, JSON.stringify(counts));
    });
  }
}

function firstLine(text) {
  return String(text ?? "no message").split("\n", 1)[0];
}

module.exports = CountingReporter;
