import assert from "node:assert/strict";
import { RowstreamError } from "../../../automation/errors";
import { UsageError } from "../../../cli/errors";
import { errorText } from "../../../cli/render/errorText";

describe("errorText", () => {
  it("gives a user's mistake as message and remedy, without a stack", () => {
    const error = new RowstreamError("StackNotFound", "user", 'there is no stack "x"', {
      remedy: "check --stack",
    });
    assert.equal(errorText(error), 'error: there is no stack "x"\n  check --stack\n');
    assert.equal(errorText(new UsageError("no")), "error: no\n");
  });

  it("gives what AWS says by the error's name", () => {
    const error = Object.assign(new Error("not allowed"), { name: "AccessDeniedFault", $fault: "client" });
    assert.equal(errorText(error), "error: AccessDeniedFault: not allowed\n");
  });

  it("shows the stack of a fault of the program", () => {
    assert.match(
      errorText(new TypeError("x is not a function")),
      /^error: TypeError: x is not a function\n {4}at /,
    );
  });
});
