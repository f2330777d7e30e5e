const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

/** Mocha's spec reporter, which also writes how many tests passed, failed and were skipped as JSON to a file. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(options.reporterOptions.counts, JSON.stringify(counts));
    });
  }
}

module.exports = CountingReporter;
