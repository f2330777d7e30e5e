import assert from "node:assert/strict";
import { hostname } from "node:os";
import { engineError, isStale, lockHolder } from "../../../automation/engineError";
import { RowstreamError } from "../../../automation/errors";

// What the Automation API makes of a failed command: its output, twice, in one message.
function commandError(stderr: string): Error {
  return new Error(
    `code: -2\n stdout: \n stderr: Command failed with exit code 255: pulumi up\n${stderr}\n err?: Error: ${stderr}\n`,
  );
}

const LOCKED = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/.pulumi/locks/organization/rowstream/dev/1.json: created by ann@builder (pid 4711) at 2026-11-23T10:00:00+01:00`;

describe("engineError", () => {
  it("says who holds the lock of a stack, and what to do", () => {
    const error = engineError("the update", "dev", commandError(LOCKED), []);
    assert.equal(error.code, "StackLocked");
    assert.equal(
      error.message,
      'stack "dev" is locked by ann@builder (pid 4711) since 2026-11-23T10:00:00+01:00: another update is running',
    );
    assert.match(error.remedy ?? "", /pulumi cancel/);
  });

  it("knows the lock of Pulumi's own service too", () => {
    const text = "error: [409] Conflict: Another update is currently in progress.";
    assert.equal(engineError("the update", "dev", commandError(text), []).code, "StackLocked");
  });

  it("tells of the engine's problems, not of the command's output", () => {
    const error = engineError("the update", "dev", commandError("error: update failed"), [
      { message: "bucket exists", resource: "failures" },
    ]);
    assert.equal(error.message, 'the update of stack "dev" failed: failures: bucket exists');
  });

  it("gives several problems a line each and counts what it leaves out", () => {
    const problems = Array.from({ length: 12 }, (_, index) => ({ message: `problem ${index}` }));
    const { message } = engineError("the update", "dev", commandError(""), problems);
    assert.match(message, /failed: \n {2}- problem 0\n {2}- problem 1\n/);
    assert.match(message, /and 2 more$/);
  });

  it("calls an update that only policies stopped so", () => {
    const error = engineError("the update", "dev", commandError(""), [
      { message: "policy a/b: no", policy: true },
    ]);
    assert.equal(error.code, "PolicyViolated");
  });

  it("falls back to the command's error line, once", () => {
    const error = engineError("opening", "dev", commandError("error: passphrase must be set"), []);
    assert.equal(error.message, 'opening of stack "dev" failed: passphrase must be set');
  });

  it("says what mends a state that a kill has cut its attributes off from", () => {
    const text = commandError("error: failed to load checkpoint: EOF");
    const { message, remedy } = engineError("opening", "dev", text, []);
    assert.match(message, /^the state of stack "dev" cannot be loaded/);
    assert.match(remedy ?? "", /remove the empty dev\.json\.attrs .* \?metadata=skip/);
  });

  it("lets an error that is rowstream's own already through", () => {
    const own = new RowstreamError("Interrupted", "user", "interrupted");
    assert.equal(engineError("the update", "dev", own, []), own);
  });
});

describe("a lock", () => {
  it("is stale where its process ran on this machine and is gone", () => {
    const holder = lockHolder(LOCKED.replace("builder", hostname()));
    assert.ok(holder);
    assert.equal(
      isStale(holder, () => false),
      true,
    );
    assert.equal(
      isStale(holder, () => true),
      false,
    );
  });

  it("is not stale where its process ran elsewhere: nobody here can tell", () => {
    const holder = lockHolder(LOCKED);
    assert.ok(holder);
    assert.equal(
      isStale(holder, () => false),
      false,
    );
  });
});
